import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { LocationQuery, LocationQueryRaw } from 'vue-router';
import { toProblem } from '../api/problem.ts';
import type { ApiProblem } from '../api/problem.ts';
import type { Page } from '../api/types.ts';
import type { LoadStatus } from './use-resource.ts';

export type ListQuery = Record<string, string | undefined>;
type Options<P extends Page<unknown>> = {
  load: (query: ListQuery, signal: AbortSignal) => Promise<P>;
  filters?: readonly string[];
  defaultSort?: string;
  /** Keeps two lists of one page apart in the address. */
  prefix?: string;
};

const textOf = (query: LocationQuery, name: string): string | undefined => {
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Cursors of the pages before this one: kept with the history entry, so that reload, back and forward all know them. */
const trailOf = (name: string): string[] => {
  const kept: unknown = (window.history.state as Record<string, unknown> | null)?.[name];
  return Array.isArray(kept) ? kept.map(String) : [];
};

/**
 * A list paged, sorted and filtered by the server. Cursor, sort and filters live in the address: a link shows the same page.
 */
export function usePagedList<P extends Page<unknown>>({ load, filters = [], defaultSort, prefix = '' }: Options<P>) {
  const route = useRoute();
  const router = useRouter();
  const named = (name: string) => `${prefix}${name}`;
  const trailKey = named('trail');
  const ownPath = route.path;

  const page = shallowRef<P>();
  const status = ref<LoadStatus>('loading');
  const problem = shallowRef<ApiProblem>();
  const trail = ref<string[]>(trailOf(trailKey));
  let controller = new AbortController();

  const filter = computed<ListQuery>(() =>
    Object.fromEntries(filters.map((name) => [name, textOf(route.query, named(name))])),
  );
  const sort = computed(() => textOf(route.query, named('sort')) ?? defaultSort);
  const cursor = computed(() => textOf(route.query, named('cursor')));

  async function reload(): Promise<void> {
    controller.abort();
    const mine = (controller = new AbortController());
    status.value = 'loading';
    try {
      const answer = await load({ ...filter.value, sort: sort.value, cursor: cursor.value }, mine.signal);
      if (mine.signal.aborted) return;
      page.value = answer;
      problem.value = undefined;
      status.value = 'ready';
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = toProblem(error);
      status.value = 'failed';
    }
  }

  /** `replace` for typing: every letter would otherwise be a step of the browser's Back. */
  function go(change: ListQuery, nextTrail: string[] = [], replace = false): void {
    const query: LocationQueryRaw = { ...route.query };
    for (const [name, value] of Object.entries({ cursor: undefined, ...change })) {
      if (value === undefined || value === '') delete query[named(name)];
      else query[named(name)] = value;
    }
    void router[replace ? 'replace' : 'push']({ path: route.path, query, state: { [trailKey]: nextTrail } });
  }

  const address = computed(() => JSON.stringify([filter.value, sort.value, cursor.value]));
  watch(address, () => {
    if (route.path !== ownPath) return;
    trail.value = trailOf(trailKey);
    void reload();
  });
  onScopeDispose(() => controller.abort());
  void reload();

  return {
    page,
    rows: computed<P['data']>(() => page.value?.data ?? []),
    status,
    problem,
    filter,
    sort,
    reload,
    isFiltered: computed(() => Object.values(filter.value).some((value) => value !== undefined)),
    hasNext: computed(() => status.value === 'ready' && Boolean(page.value?.next)),
    hasPrevious: computed(() => cursor.value !== undefined),
    pageNumber: computed(() => trail.value.length + 1),
    setFilter: (name: string, value: string | undefined, options: { replace?: boolean } = {}) =>
      go({ [name]: value }, [], options.replace ?? false),
    clearFilters: () => go(Object.fromEntries(filters.map((name) => [name, undefined]))),
    /** The same column again turns the order round. */
    sortBy: (field: string) => go({ sort: sort.value === field ? `-${field}` : field }),
    next: () => go({ cursor: page.value?.next ?? undefined }, [...trail.value, cursor.value ?? '']),
    previous: () => go({ cursor: trail.value.at(-1) }, trail.value.slice(0, -1)),
  };
}

export type PagedList<P extends Page<unknown>> = ReturnType<typeof usePagedList<P>>;
