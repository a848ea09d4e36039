declare module 'tape' {
  /** Put in when the cases are bundled; `null` where the tape is to be made. */
  const recorded: { [question: string]: string | object } | null
  export default recorded
}
