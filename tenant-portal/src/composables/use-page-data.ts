import { getCurrentInstance, markRaw, onServerPrefetch, ref, shallowRef, toRaw, watch } from 'vue';
import { isProblem } from '../api/problem.ts';
import { usePortal } from '../portal.ts';
import { usePagesStore } from '../stores/pages.ts';
import type { ProblemBody } from '../api/problem.ts';

/**
 * Data a page needs, loaded on the server for the first page and in the browser afterwards. `key` names it; undefined means
 * that there is nothing to ask. Problems of the API come back as values; anything else is a fault and is thrown.
 */
export function usePageData<T>(key: () => string | undefined, load: () => Promise<T>) {
  const portal = usePortal();
  const pages = usePagesStore();
  const loaded = shallowRef<T>();
  const problem = shallowRef<ProblemBody>();
  const pending = ref(false);

  const current = key();
  // Answers are replaced, never changed: watching into them would cost a proxy for each of their objects.
  const kept = current !== undefined && portal.hydrating ? toRaw(pages.entries[current]) : undefined;
  if (kept !== undefined) {
    loaded.value = kept.data as T | undefined;
    problem.value = kept.problem;
  }

  async function run(): Promise<void> {
    const asked = key();
    problem.value = undefined;
    if (asked === undefined) return;
    pending.value = true;
    try {
      const answer = await load();
      if (asked !== key()) return;
      loaded.value = answer;
      if (import.meta.env.SSR) pages.entries[asked] = markRaw({ data: answer });
    } catch (error) {
      if (!isProblem(error)) throw error;
      if (asked !== key()) return;
      problem.value = error.body;
      if (import.meta.env.SSR) pages.entries[asked] = { problem: error.body };
    } finally {
      if (asked === key()) pending.value = false;
    }
  }

  if (import.meta.env.SSR) {
    if (getCurrentInstance() !== null) onServerPrefetch(run);
  } else {
    if (kept === undefined && current !== undefined) void run();
    watch(key, (next, before) => {
      if (next !== before) void run();
    });
  }
  return { data: loaded, problem, pending, reload: run };
}
