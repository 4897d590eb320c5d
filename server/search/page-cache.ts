import { LRUCache } from 'lru-cache';

/** Bytes of serialised pages kept in a process. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** A page as an object and as the JSON that is sent. */
export interface KeptPage<V> {
  view: V;
  json: Buffer;
}

/**
 * Pages of stored searches, serialised once: a search never changes, so one page of it for one reader is always the same bytes. Whoever
 * asks has checked before that the reader may see the search and that it has not expired.
 */
export function createPageCache<V extends object>() {
  const pages = new LRUCache<string, KeptPage<V>>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ json }) => 4 * json.length,
  });

  return {
    /** `reader` and `query` name everything the page depends on besides the search. */
    async get(searchId: string, reader: string, query: object, make: () => Promise<V>): Promise<KeptPage<V>> {
      const key = `${searchId} ${reader} ${JSON.stringify(query)}`;
      let page = pages.get(key);
      if (!page) {
        const view = await make();
        page = { view, json: Buffer.from(JSON.stringify(view)) };
        pages.set(key, page);
      }
      return page;
    },
  };
}
