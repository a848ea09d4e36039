// Secrets that can be guessed: an attacker who has one token tries billions of them a second, at home.

/** What makes a secret weak. */
export type SecretWeakness = 'repeated' | 'guessable' | 'typed'

// Words of which secrets in examples, tutorials and .env files are made, and which the lists of attackers begin with.
const WORDS = `
  your my our the a this that these is it be not no do dont in for of to us me and or on by only with from at you we
  will can must should have has api app apps application web website site project jwt jws jwk hmac token tokens key keys
  secret secrets super ultra mega very really top hard strong enough long longer than safe secure security private
  public hidden unique simple password passwords passwd passphrase pass word pwd admin administrator root user users
  default change changed changeme changethis please replace insert here put set get some any something random randomly
  string value text phrase example examples sample demo dummy fake temp test tests testing dev develop development
  developer prod production staging stage local localhost server client service backend frontend config env var variable
  database db company tutorial course session sessions cookie auth authentication authorization authorize oauth login
  access refresh sign signing signature signed share shared encrypt encryption hash salt algorithm generate generated
  create make made sure never ever anyone know guess least minimum min max bit bits byte bytes character characters char
  chars digit digits letters length hello world foo bar baz qux lorem ipsum dolor keyboard cat dog monkey dragon letmein
  welcome iloveyou love trustno1 sunshine football princess batman superman master ninja shhh shh abracadabra opensesame
  qwerty qwertyuiop qwertz azerty uiop asdf asdfghjkl ghjkl zxcv zxcvbnm bnm abc abcd abcdef ghijkl mnopqr stuvwx yz
  abcdefgh ijklmnop qrstuvwx abcdefghijklmnopqrstuvwxyz 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890
  0123456789 987654321 9876543210 321 4321 654321 111 000 128 256 384 512 32 64 hs256 hs384 hs512 rs256 sha sha256 hex
  base64 node nodejs js java javascript typescript python php ruby golang dotnet net express next nextauth nest nestjs
  react angular vue spring boot springboot laravel symfony django rails flask fastapi supabase firebase mongo postgres
  redis docker com org
`
  .trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length)

// And years, as people add them to words.
const DICTIONARY = /* @__PURE__ */ new RegExp(`20[0-3]\\d|${WORDS.join('|')}`, 'g')

// Letters as people write them where a password must have digits and marks, and what they stand for.
const DISGUISES = '@4310!5$7'
const LETTERS = 'aaeioisst'

// Of 32 hexadecimal digits at random, hardly any have fewer kinds.
const FEWEST_KINDS = 8

// What begins with so many random octets is strong, whatever follows; and the time that this takes is bounded.
const LONGEST = 1024

/** Says what makes the octets of a secret weak, the gravest first; `shortest` are the octets that its algorithm wants. */
export function secretWeakness(octets: string, shortest: number): SecretWeakness | undefined {
  const text = octets.slice(0, LONGEST)
  if (hasFewKinds(text) || isRepeated(text) || isRun(text)) return 'repeated'
  if (!/^[\t\r\n -~]*$/.test(text)) return undefined
  if (isOfWords(text.toLowerCase())) return 'guessable'
  return octets.length <= shortest ? 'typed' : undefined
}

// Of a short text not as many can be wanted.
const hasFewKinds = (text: string): boolean => new Set(text).size < Math.min(FEWEST_KINDS, text.length / 3)

// A unit that comes twice or more often, the last time perhaps in part: moved by its length, the text is the same.
function isRepeated(text: string): boolean {
  for (let unit = 1; unit <= text.length / 2; unit++) if (text.startsWith(text.slice(unit))) return true
  return false
}

// As 0, 1, 2, 3 …, each octet by the same step from the one before.
function isRun(text: string): boolean {
  const step = text.charCodeAt(1) - text.charCodeAt(0)
  return [...text].every((octet, i) => i === 0 || octet.charCodeAt(0) - text.charCodeAt(i - 1) === step)
}

// Where words are taken out, hardly a letter or digit is left to guess.
function isOfWords(text: string): boolean {
  return [text, text.replace(/[@4310!5$7]/g, (mark) => LETTERS.charAt(DISGUISES.indexOf(mark)))].some(
    (spelling) => lettersOf(spelling.replace(DICTIONARY, ' ')) < lettersOf(spelling) / 4,
  )
}

const lettersOf = (text: string): number => text.replace(/[^a-z0-9]+/g, '').length
