import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Ref } from 'vue';
import { useApi } from '../api/index.ts';
import type { Agency } from '../api/agencies.ts';
import { orderTree } from '../format/order-tree.ts';

const WAIT_MS = 200;

/** Agencies to choose from, as the server finds them; `nameOf` also knows the chosen one. */
export function useAgencyOptions(chosen: Ref<string>) {
  const api = useApi();
  const options = shallowRef<Agency[]>([]);
  const names = ref<Record<string, string>>({});
  const failed = ref(false);
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const remember = (agencies: readonly Agency[]): void => {
    for (const { id, name } of agencies) names.value[id] = name;
  };

  async function load(text: string): Promise<void> {
    controller.abort();
    const mine = (controller = new AbortController());
    try {
      const { data } = await api.agencies.list({ search: text.trim(), limit: 50 }, mine.signal);
      remember(data);
      options.value = orderTree(data);
      failed.value = false;
    } catch {
      if (!mine.signal.aborted) failed.value = true;
    }
  }

  function search(text: string): void {
    clearTimeout(timer);
    timer = setTimeout(() => void load(text), text === '' ? 0 : WAIT_MS);
  }

  watch(
    chosen,
    async (id) => {
      if (id === '' || names.value[id] !== undefined) return;
      // An agency that cannot be read stays named by its id: the list below it says what is wrong.
      const agency = await api.agencies.read(id).catch(() => undefined);
      if (agency) remember([agency]);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    controller.abort();
  });

  return { options, failed, search, nameOf: (id: string) => names.value[id] ?? '…' };
}
