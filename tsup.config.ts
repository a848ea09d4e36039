import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    jws: 'src/jws.ts',
    decode: 'src/decode.ts',
    jwks: 'src/jwks.ts',
    http: 'src/http.ts',
    session: 'src/session/index.ts',
    'session/sqlite': 'src/session/sqlite.ts',
    'session/postgres': 'src/session/postgres.ts',
    'session/redis': 'src/session/redis.ts',
    'session/conformance': 'src/session/conformance.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Without splitting, each CommonJS entry would carry a copy of JwtError of its own.
  splitting: true,
  treeshake: true,
  clean: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
})
