// The page and its parts, with the headers that they are served with.
import { readdirSync, readFileSync } from 'node:fs'

const types = { css: 'text/css', html: 'text/html', js: 'text/javascript', svg: 'image/svg+xml' }

// Only files of this server, nothing inline, no frames around it, and no text that becomes markup.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
]

function read(url) {
  const type = types[url.pathname.split('.').at(-1)]
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-cache',
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, headers, body: readFileSync(url) }
}

const page = (name) => read(new URL(`page/${name}`, import.meta.url))

/** What the server answers, by path. */
export const files = new Map([
  ['/', page('index.html')],
  ...['page.css', 'page.js', 'icon.svg'].map((name) => [`/${name}`, page(name)]),
])

// tittle/decode, and the chunks that it shares with the other entries: browsers import them as they are.
const dist = new URL('.', import.meta.resolve('tittle/decode'))
for (const name of readdirSync(dist).filter((file) => /^(?:decode|chunk-\w+)\.js$/.test(file))) {
  files.set(`/tittle/${name}`, read(new URL(name, dist)))
}
