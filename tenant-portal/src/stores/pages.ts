import { defineStore } from 'pinia';
import type { ProblemBody } from '../api/problem.ts';

export type PageEntry = { data?: unknown; problem?: ProblemBody };

/** What pages have loaded, by key: written on the server, read once by the browser. */
export const usePagesStore = defineStore('pages', {
  state: () => ({ entries: {} as Record<string, PageEntry> }),
});
