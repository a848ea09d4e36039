// What is mutated together, and the tests that are to notice: those of its own floor, and the suites about whole tokens.
// What only the tests of a higher floor would notice counts as alive. The command is not mutated, as what it does is done
// by the files beneath, nor is the page of the inspector, which needs a browser.
const whole = ['attacks', 'vectors', 'properties/*', 'crypto/*', 'keys/*', 'formats']
const core = [
  ...['base64url', 'json', 'header', 'claims', 'jws', 'jwt', 'compact', 'candidates', 'memo', 'sign', 'decode', 'time'],
  ...['options', 'errors', 'schema', 'algorithms', 'jwk', 'der', 'pem', 'secret', 'key', 'keys', 'key-export'],
]

export const groups = [
  { files: 'base64url,json,header,claims,jws,jwt', tests: [...core, ...whole] },
  { files: 'compact,candidates,memo,sign', tests: [...core, ...whole] },
  { files: 'index,decode,time,options,errors,schema,algorithms', tests: [...core, ...whole] },
  { files: 'jwk,der,pem,secret', tests: [...core, ...whole] },
  { files: 'key,keys,key-export', tests: [...core, ...whole] },
  { files: 'crypto/*', tests: [...core, ...whole] },
  { files: 'jwks*', tests: ['jwks*', 'attacks'] },
  { files: 'http*', tests: ['http*'] },
  {
    files:
      'session/index,session/access,session/events,session/hygiene,session/lifecycle,session/memory,session/outside',
    tests: ['session/*'],
  },
  { files: 'session/session,session/sessions,session/settings,session/store,session/tokens', tests: ['session/*'] },
  { files: 'session/sqlite,session/postgres,session/redis,session/conformance*', tests: ['session/*'] },
  { files: 'lint*', tests: ['lint*'] },
  {
    files: 'advice,explain,key-text,token-text,dates,hidden,relative-time',
    tests: ['advice', 'explain', 'key-text', 'token-text', 'dates', 'hidden', 'relative-time'],
  },
  {
    files: 'inspector/glossary,inspector/json-fault,inspector/timeline',
    tests: ['inspector/glossary', 'inspector/json-fault', 'inspector/timeline'],
  },
  {
    files: 'inspector/signing,inspector/verification',
    tests: ['inspector/signing', 'inspector/verification'],
  },
].map(({ files, tests }) => ({
  mutate: files
    .split(',')
    .map((file) => `src/${file}.ts`)
    .join(),
  tests: tests.map((test) => `test/${test}.test.ts`).join(),
}))
