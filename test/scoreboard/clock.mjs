// Libraries that have no option for the time read it where everybody does.

const Clock = Date

/** Sets what time it is for everybody, in seconds; undefined for what it really is. */
export function setTime(time) {
  if (time === undefined) {
    globalThis.Date = Clock
    return
  }
  globalThis.Date = class extends Clock {
    constructor(...parts) {
      super(...(parts.length === 0 ? [time * 1000] : parts))
    }

    static now() {
      return time * 1000
    }
  }
}
