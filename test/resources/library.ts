// All entries that verify or read, in one module.
export * from '../../src/index.ts'
export * from '../../src/jwks.ts'
export { decode } from '../../src/decode.ts'
