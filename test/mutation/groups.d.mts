/** What is mutated together, and the tests that are to notice: globs with commas between. */
export declare const groups: readonly { readonly mutate: string; readonly tests: string }[]
