// Started by stores.mjs, by a Node that has node:sqlite.
import process from 'node:process'
import { conform, open } from './suites.mjs'

const { store, version, close } = await open['node:sqlite'](process.argv[2])
process.send({ ...(await conform(store)), version: `${version}, Node ${process.versions.node}` })
close()
process.disconnect()
