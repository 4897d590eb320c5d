/** A problem of the machine or its settings: shown as one line saying what is wrong and how to mend it, without a stack. */
export class SetupError extends Error {}

/** Prints a failure the way its kind deserves: one line for a SetupError, the stack for anything unforeseen. */
export function printFailure(error) {
  console.error(error instanceof SetupError ? `✖ ${error.message}` : (error?.stack ?? String(error)));
}
