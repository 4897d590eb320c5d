import { computed, reactive, ref, shallowRef } from 'vue';
import { useApi } from '../api/index.ts';
import type { Agency } from '../api/agencies.ts';
import { toProblem } from '../api/problem.ts';
import type { ApiProblem } from '../api/problem.ts';

const PAGE = 100;

/** The agencies a person may see, opened level by level: `rootId` is the own agency, null for the reseller. */
export function useAgencyTree(rootId: string | null) {
  const api = useApi();
  const below = reactive(new Map<string, Agency[]>());
  const open = reactive(new Set<string>());
  const busy = reactive(new Set<string>());
  const roots = shallowRef<Agency[]>([]);
  const status = ref<'loading' | 'ready' | 'failed'>('loading');
  const problem = shallowRef<ApiProblem>();

  async function readAll(parentId: string): Promise<Agency[]> {
    const found: Agency[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.agencies.list({ parentId, limit: PAGE, cursor });
      found.push(...page.data);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  async function load(): Promise<void> {
    status.value = 'loading';
    try {
      roots.value = rootId === null ? await readAll('none') : [await api.agencies.read(rootId)];
      status.value = 'ready';
      const few = roots.value.filter((agency) => agency.childCount > 0);
      if (few.length <= 3) await Promise.all(few.map((agency) => toggle(agency.id)));
    } catch (error) {
      problem.value = toProblem(error);
      status.value = 'failed';
    }
  }

  async function toggle(id: string): Promise<void> {
    if (open.has(id)) {
      open.delete(id);
      return;
    }
    if (!below.has(id)) {
      busy.add(id);
      try {
        below.set(id, await readAll(id));
      } finally {
        busy.delete(id);
      }
    }
    open.add(id);
  }

  const rows = computed(() => {
    const walk = (agencies: readonly Agency[], level: number): { agency: Agency; level: number }[] =>
      agencies.flatMap((agency) => [
        { agency, level },
        ...(open.has(agency.id) ? walk(below.get(agency.id) ?? [], level + 1) : []),
      ]);
    return walk(roots.value, 1);
  });

  void load();
  return {
    rows,
    status,
    problem,
    load,
    toggle,
    isOpen: (id: string) => open.has(id),
    isBusy: (id: string) => busy.has(id),
  };
}
