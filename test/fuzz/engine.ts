// What this engine's JSON.parse gets wrong, and no test of the library can put right.

// V8 since 12.8 reads a name with an escape as one that it has read before, where that ends in a backslash and the
// text goes on like it (nodejs/node#63785). The canary has a name of its own, as what it teaches the engine stays.
JSON.parse('{"fuzz canary":1,"\\\\":1}')
const misreadsNames = !('"' in JSON.parse('{"fuzz canary":1,"\\"":1}'))

/** Whether this engine might misread the text, or another one after it. */
export const mayMisread = (json: string): boolean => misreadsNames && json.includes('\\\\"')
