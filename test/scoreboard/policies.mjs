// The policy of a fixture in the words of other libraries.

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a duration that is right; one that is wrong stays as it is, for each library to judge. */
export function seconds(duration) {
  const [, count, unit] = (typeof duration === 'string' && /^(\d{1,6})([smhd])$/.exec(duration)) || []
  return count === undefined ? duration : Number(count) * UNITS[unit]
}

const LISTS = { typs: 'typ', issuers: 'issuer' }

/** Tells a policy that asks for what a library has no option for; `typs` and `issuers` stand for several of them. */
export function lacks(policy, members) {
  return members.some((member) => {
    const list = LISTS[member]
    return list ? Array.isArray(policy[list]) : policy[member] !== undefined
  })
}
