/**
 * Idempotency keys of one form: the key stays while the same request is sent again, so that a lost answer never moves
 * money twice; another request, or a definite answer, starts a new attempt.
 */
export function createAttempt(makeKey: () => string = () => crypto.randomUUID()) {
  let sent = '';
  let key = '';
  return {
    keyFor(body: unknown): string {
      const print = JSON.stringify(body);
      if (key === '' || print !== sent) {
        key = makeKey();
        sent = print;
      }
      return key;
    },
    settle(): void {
      key = '';
      sent = '';
    },
  };
}
