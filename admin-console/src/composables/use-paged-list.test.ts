import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp, defineComponent, h, nextTick } from 'vue';
import { createRouter, createWebHistory, RouterView } from 'vue-router';
import type { Router } from 'vue-router';
import { usePagedList } from './use-paged-list.ts';
import type { ListQuery } from './use-paged-list.ts';

type Row = { id: string };
const pages: Record<string, { data: Row[]; next: string | null }> = {
  '': { data: [{ id: 'a' }], next: 'c1' },
  c1: { data: [{ id: 'b' }], next: 'c2' },
  c2: { data: [{ id: 'c' }], next: null },
};

let router: Router;
let list: ReturnType<typeof usePagedList<{ data: Row[]; next: string | null }>>;
let unmount: () => void;
const load = vi.fn(async (query: ListQuery) => pages[query['cursor'] ?? ''] ?? { data: [], next: null });

/** Navigation, the watcher and the answer each take a turn of the loop. */
const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  await nextTick();
};

async function open(address: string): Promise<void> {
  window.history.replaceState(null, '', `/console${address}`);
  const ListPage = defineComponent({
    setup() {
      list = usePagedList({ load, filters: ['state', 'search'], defaultSort: '-createdAt' });
      return () => h('p', list.rows.value.map((row) => row.id).join());
    },
  });
  router = createRouter({ history: createWebHistory('/console/'), routes: [{ path: '/list', component: ListPage }] });
  const app = createApp(RouterView);
  app.use(router);
  await router.push(address);
  app.mount(document.createElement('div'));
  unmount = () => app.unmount();
  await settle();
}

describe('a list whose page, order and filters live in the address', () => {
  beforeEach(() => {
    load.mockClear();
  });
  afterEach(() => unmount());

  it('starts from what the address says', async () => {
    await open('/list?state=failed&sort=total&cursor=c1');
    expect(load).toHaveBeenCalledTimes(1);
    expect(load.mock.calls[0]?.[0]).toMatchObject({ state: 'failed', sort: 'total', cursor: 'c1' });
    expect(list.rows.value).toEqual([{ id: 'b' }]);
    expect(list.hasPrevious.value).toBe(true);
  });

  it('pages forward and back', async () => {
    await open('/list');
    list.next();
    await settle();
    list.next();
    await settle();
    expect(router.currentRoute.value.query).toEqual({ cursor: 'c2' });
    expect([list.rows.value, list.pageNumber.value, list.hasNext.value]).toEqual([[{ id: 'c' }], 3, false]);
    list.previous();
    await settle();
    expect([router.currentRoute.value.query, list.pageNumber.value]).toEqual([{ cursor: 'c1' }, 2]);
    list.previous();
    await settle();
    expect([router.currentRoute.value.query, list.hasPrevious.value]).toEqual([{}, false]);
  });

  it('starts at the first page again when a filter or the order changes', async () => {
    await open('/list?cursor=c1&search=ortega');
    list.setFilter('state', 'cancelled');
    await settle();
    expect(router.currentRoute.value.query).toEqual({ search: 'ortega', state: 'cancelled' });
    list.sortBy('total');
    await settle();
    list.sortBy('total');
    await settle();
    expect(router.currentRoute.value.query['sort']).toBe('-total');
    list.clearFilters();
    await settle();
    expect(router.currentRoute.value.query).toEqual({ sort: '-total' });
  });

  it('keeps a failure until a retry succeeds', async () => {
    load.mockRejectedValueOnce(new Error('broken'));
    await open('/list');
    expect(list.status.value).toBe('failed');
    await list.reload();
    expect([list.status.value, list.rows.value]).toEqual(['ready', [{ id: 'a' }]]);
  });
});
