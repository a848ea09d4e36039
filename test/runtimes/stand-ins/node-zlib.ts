// Stands for node:zlib where attacks deflate.
import { natives } from './natives.ts'
import { askOctets } from './tape.ts'

export const deflateRawSync = (data: Uint8Array | string): Buffer =>
  askOctets(['deflate', data], () => {
    const { zlib } = natives()
    if (!zlib) throw new Error('there is no node:zlib')
    return zlib.deflateRawSync(data)
  })
