// A key as its owner has it, before any library has looked at it.

/** What a function that imports keys was given; each contender imports it in its own way, or refuses to. */
export class Given {
  constructor(role, source, alg, options = {}) {
    Object.assign(this, { role, source, alg: alg ?? source?.alg, options })
  }
}

/** A token, a key and a policy that an attempt has asked about: thrown, so that it goes no further. */
export class Asked extends Error {
  constructor(token, key, policy) {
    super('asked')
    Object.assign(this, { token, key, policy })
  }
}
