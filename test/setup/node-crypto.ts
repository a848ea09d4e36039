import process from 'node:process'

if (process.getBuiltinModule('node:crypto') === undefined) {
  throw new Error('this project tests node:crypto, and this runtime does not offer it')
}
