/** The caller's mistake, not the program's: exit status 2. */
export class UsageError extends Error {}
