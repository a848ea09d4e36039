// Stands for the globals of Node that attacks are written with; esbuild puts it in where they are named.
import { fromBase64, fromBase64url, fromBinary, fromText, toBase64, toBase64url, toHex } from '../cases/octets.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const encodings: { readonly [name: string]: (text: string) => Uint8Array } = {
  utf8: fromText,
  latin1: fromBinary,
  utf16le: (text) => new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer),
  hex: (text) => Uint8Array.from(text.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16)),
  base64: fromBase64,
  base64url: fromBase64url,
}

const spellings: { readonly [name: string]: (octets: Uint8Array) => string } = {
  utf8: (octets) => decoder.decode(octets),
  hex: toHex,
  base64: toBase64,
  base64url: toBase64url,
}

/** Octets with the methods of Node's that are used here. */
class Octets extends Uint8Array {
  static override from(source: ArrayLike<number> | Iterable<number> | string, encoding: unknown = 'utf8'): Octets {
    const octets =
      typeof source === 'string' ? encodings[String(encoding)]?.(source) : Uint8Array.from(source as ArrayLike<number>)
    if (!octets) throw new Error(`no such encoding: ${String(encoding)}`)
    const copy = new Octets(octets.length)
    copy.set(octets)
    return copy
  }

  static alloc(length: number, fill: number | string = 0): Octets {
    const octets = new Octets(length)
    const filler = typeof fill === 'string' ? fromText(fill) : Uint8Array.of(fill)
    return octets.map((_, index) => filler[index % filler.length] ?? 0) as Octets
  }

  static concat(parts: readonly Uint8Array[]): Octets {
    const whole = new Octets(parts.reduce((length, part) => length + part.length, 0))
    let offset = 0
    for (const part of parts) {
      whole.set(part, offset)
      offset += part.length
    }
    return whole
  }

  equals(other: Uint8Array): boolean {
    return toHex(this) === toHex(other)
  }

  writeUInt32BE(value: number): void {
    new DataView(this.buffer, this.byteOffset).setUint32(0, value)
  }

  toJSON(): object {
    return { type: 'Buffer', data: [...this] }
  }

  override toString(encoding = 'utf8'): string {
    const spell = spellings[encoding]
    if (!spell) throw new Error(`no such encoding: ${encoding}`)
    return spell(this)
  }
}

const { Buffer: Native } = globalThis as { Buffer?: unknown }

const Stand = (Native ?? Octets) as typeof Buffer
export { Stand as Buffer }
