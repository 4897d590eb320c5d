import { defineStore } from 'pinia';

type KnownSearch = { id: string; expiresAt: string };

/** Searches already made, by criteria: another filter or sort asks for their results again and not for a new search. */
export const useSearchesStore = defineStore('searches', {
  state: () => ({ known: {} as Record<string, KnownSearch> }),
  actions: {
    find(criteria: string, now: number = Date.now()): string | undefined {
      const search = this.known[criteria];
      return search !== undefined && Date.parse(search.expiresAt) > now ? search.id : undefined;
    },
    keep(criteria: string, search: KnownSearch): void {
      this.known[criteria] = { id: search.id, expiresAt: search.expiresAt };
    },
    forget(criteria: string): void {
      this.known = Object.fromEntries(Object.entries(this.known).filter(([key]) => key !== criteria));
    },
  },
});
