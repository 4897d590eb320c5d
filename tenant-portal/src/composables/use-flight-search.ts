import { computed, ref, watch } from 'vue';
import { useRoute } from 'vue-router';
import { isProblem } from '../api/problem.ts';
import { usePortal } from '../portal.ts';
import {
  askForFlights,
  findFlightFaults,
  isPlaceCode,
  readFlightCriteria,
  writeFlightCriteria,
} from '../search/flight-criteria.ts';
import { askWithFilters, readFlightFilters, writeFlightFilters } from '../search/flight-filters.ts';
import { useSearchesStore } from '../stores/searches.ts';
import { usePageData } from './use-page-data.ts';
import type { FlightSearch } from '../api/types.ts';

type Shown = { criteriaKey: string; search: FlightSearch };

/** Results of the criteria and filters in the page's address, with further pages added to the first. */
export function useFlightSearch() {
  const route = useRoute();
  const { api, today } = usePortal();
  const searches = useSearchesStore();
  const criteria = computed(() => readFlightCriteria(route.query));
  const filters = computed(() => readFlightFilters(route.query));
  const criteriaKey = computed(() => `flights?${new URLSearchParams(writeFlightCriteria(criteria.value)).toString()}`);
  const faults = computed(() => findFlightFaults(criteria.value, today));
  const isAsked = computed(() => Object.keys(faults.value).length === 0);
  const cursor = computed(() => (typeof route.query['cursor'] === 'string' ? route.query['cursor'] : ''));
  const filterKey = computed(() =>
    new URLSearchParams({
      ...writeFlightFilters(filters.value),
      ...(cursor.value === '' ? {} : { cursor: cursor.value }),
    }).toString(),
  );

  async function load(): Promise<Shown> {
    const key = criteriaKey.value;
    const known = searches.find(key);
    const made = known === undefined ? await create(key) : undefined;
    if (made !== undefined && filterKey.value === '') return { criteriaKey: key, search: made };
    try {
      return {
        criteriaKey: key,
        search: await api.readFlightSearch(made?.id ?? known ?? '', askWithFilters(filters.value, cursor.value)),
      };
    } catch (error) {
      // The server forgets a search when its prices end; ask anew once, unless it was made just now.
      if (made !== undefined || !isProblem(error) || ![404, 409, 410].includes(error.status)) throw error;
      searches.forget(key);
      return load();
    }
  }

  async function create(key: string): Promise<FlightSearch> {
    const resolved = {
      ...criteria.value,
      from: await toCode(criteria.value.from),
      to: await toCode(criteria.value.to),
    };
    const search = await api.searchFlights(askForFlights(resolved));
    searches.keep(key, search);
    return search;
  }

  /** Text typed without the combobox becomes the best match's code; without a match the API names the fault. */
  async function toCode(text: string): Promise<string> {
    return isPlaceCode(text) ? text : ((await api.findPlaces(text, 1)).data[0]?.code ?? text);
  }

  const { data, problem, pending, reload } = usePageData(
    () => (isAsked.value ? `${criteriaKey.value}&${filterKey.value}` : undefined),
    load,
  );
  const shown = computed(() => (data.value?.criteriaKey === criteriaKey.value ? data.value.search : undefined));
  const more = useMore(shown, (next) =>
    api.readFlightSearch(shown.value?.id ?? '', askWithFilters(filters.value, next)),
  );

  async function searchAgain(): Promise<void> {
    searches.forget(criteriaKey.value);
    await reload();
  }
  return { criteria, filters, faults, isAsked, shown, problem, pending, searchAgain, ...more };
}

/** Further pages below the first; they fall away when the first changes. */
function useMore(shown: { value: FlightSearch | undefined }, read: (cursor: string) => Promise<FlightSearch>) {
  const later = ref<FlightSearch[]>([]);
  const loadingMore = ref(false);
  const moreFailed = ref(false);
  watch(
    () => shown.value,
    () => {
      later.value = [];
    },
  );
  const offers = computed(() => [...(shown.value?.offers ?? []), ...later.value.flatMap((page) => page.offers)]);
  const next = computed(() => (later.value.at(-1) ?? shown.value)?.next ?? null);

  async function loadMore(): Promise<void> {
    if (next.value === null || loadingMore.value) return;
    loadingMore.value = true;
    moreFailed.value = false;
    try {
      later.value = [...later.value, await read(next.value)];
    } catch (error) {
      if (!isProblem(error)) throw error;
      moreFailed.value = true;
    } finally {
      loadingMore.value = false;
    }
  }
  return { offers, next, loadMore, loadingMore, moreFailed };
}
