import { onScopeDispose, shallowRef, watch } from 'vue';

const PAUSE_MS = 400;

/**
 * Asks again a moment after the question changed, and keeps the newest answer. A question of null, or one that is refused (half-typed
 * values), has none: what is wrong with it the form itself says.
 */
export function useLatest<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>) {
  const answer = shallowRef<A>();
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function send(asked: Q | null): Promise<void> {
    const mine = (newest += 1);
    const found = asked === null ? undefined : await ask(asked).catch(() => undefined);
    if (mine === newest) answer.value = found;
  }
  watch(
    () => JSON.stringify(question()),
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void send(question()), PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    newest += 1;
  });
  return { answer };
}
