import { computed } from 'vue';
import { useRoute } from 'vue-router';
import { isProblem } from '../api/problem.ts';
import { usePortal } from '../portal.ts';
import { isPlaceCode } from '../search/flight-criteria.ts';
import {
  askForHotels,
  findHotelFaults,
  readHotelCriteria,
  readHotelFilters,
  writeHotelCriteria,
  writeHotelFilters,
} from '../search/hotel-criteria.ts';
import { useSearchesStore } from '../stores/searches.ts';
import { usePageData } from './use-page-data.ts';
import type { HotelSearch } from '../api/types.ts';

type Shown = { criteriaKey: string; search: HotelSearch };

/** Hotels of the criteria and filters in the page's address. */
export function useHotelSearch() {
  const route = useRoute();
  const { api, today } = usePortal();
  const searches = useSearchesStore();
  const criteria = computed(() => readHotelCriteria(route.query));
  const filters = computed(() => readHotelFilters(route.query));
  const cursor = computed(() => (typeof route.query['cursor'] === 'string' ? route.query['cursor'] : ''));
  const criteriaKey = computed(() => `hotels?${new URLSearchParams(writeHotelCriteria(criteria.value)).toString()}`);
  const faults = computed(() => findHotelFaults(criteria.value, today));
  const isAsked = computed(() => Object.keys(faults.value).length === 0);
  const ask = computed(() => ({
    ...writeHotelFilters(filters.value),
    ...(cursor.value === '' ? {} : { cursor: cursor.value }),
  }));

  async function load(): Promise<Shown> {
    const key = criteriaKey.value;
    const known = searches.find(key);
    const made = known === undefined ? await create(key) : undefined;
    if (made !== undefined && Object.keys(ask.value).length === 0) return { criteriaKey: key, search: made };
    try {
      return { criteriaKey: key, search: await api.readHotelSearch(made?.id ?? known ?? '', ask.value) };
    } catch (error) {
      if (made !== undefined || !isProblem(error) || ![404, 409, 410].includes(error.status)) throw error;
      searches.forget(key);
      return load();
    }
  }

  async function create(key: string): Promise<HotelSearch> {
    const { near } = criteria.value;
    const code = isPlaceCode(near) ? near : ((await api.findPlaces(near, 1)).data[0]?.code ?? near);
    const search = await api.searchHotels(askForHotels({ ...criteria.value, near: code }));
    searches.keep(key, search);
    return search;
  }

  const { data, problem, pending, reload } = usePageData(
    () => (isAsked.value ? `${criteriaKey.value}&${new URLSearchParams(ask.value).toString()}` : undefined),
    load,
  );
  const shown = computed(() => (data.value?.criteriaKey === criteriaKey.value ? data.value.search : undefined));

  async function searchAgain(): Promise<void> {
    searches.forget(criteriaKey.value);
    await reload();
  }
  return { criteria, filters, faults, isAsked, shown, problem, pending, searchAgain };
}
