import { onUnmounted, ref } from 'vue';
import { isProblem } from '../api/problem.ts';
import { useApi } from '../portal.ts';
import type { Place } from '../api/types.ts';

const PAUSE_MS = 160;

/** Suggestions while somebody types. An answer that a later one has overtaken is dropped. */
export function usePlaceSearch() {
  const api = useApi();
  const places = ref<Place[]>([]);
  const state = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function search(query: string): void {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    if (query.trim().length < 2) {
      places.value = [];
      state.value = 'idle';
      return;
    }
    state.value = 'loading';
    timer = setTimeout(() => void ask(query.trim().slice(0, 60), mine), PAUSE_MS);
  }

  async function ask(query: string, mine: number): Promise<void> {
    try {
      const answer = await api.findPlaces(query);
      if (mine !== asked) return;
      places.value = answer.data;
      state.value = 'ready';
    } catch (error) {
      if (!isProblem(error)) throw error;
      if (mine === asked) state.value = 'failed';
    }
  }
  onUnmounted(() => {
    clearTimeout(timer);
  });
  return { places, state, search };
}
