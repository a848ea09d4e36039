import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/jws.ts', 'src/jwks.ts', 'src/decode.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Without splitting, each CommonJS entry would carry a copy of JwtError of its own.
  splitting: true,
  treeshake: true,
  clean: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
})
