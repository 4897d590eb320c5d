import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { WatchSource } from 'vue';
import { toProblem } from '../api/problem.ts';
import type { ApiProblem } from '../api/problem.ts';

export type LoadStatus = 'loading' | 'ready' | 'failed';

/** One thing a page reads: again when `source` changes or on `reload`. Of overlapping answers only the newest counts. */
export function useResource<T>(load: () => Promise<T>, source?: WatchSource | WatchSource[]) {
  const data = shallowRef<T>();
  const status = ref<LoadStatus>('loading');
  const problem = shallowRef<ApiProblem>();
  let newest = 0;

  async function reload(): Promise<void> {
    newest += 1;
    const mine = newest;
    if (data.value === undefined) status.value = 'loading';
    try {
      const answer = await load();
      if (mine !== newest) return;
      data.value = answer;
      problem.value = undefined;
      status.value = 'ready';
    } catch (error) {
      if (mine !== newest) return;
      problem.value = toProblem(error);
      status.value = 'failed';
    }
  }

  if (source !== undefined) {
    watch(source, () => {
      data.value = undefined;
      void reload();
    });
  }
  onScopeDispose(() => {
    newest += 1;
  });
  void reload();
  return { data, status, problem, reload };
}
