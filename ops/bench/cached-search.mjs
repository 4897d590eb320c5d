import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';

/**
 * Row 2: the first page of a stored search, again and again (`GET /api/v1/flights/searches/:id`), against a Koa route that sends the
 * same bytes from an LRU. The product also resolves host and brand, counts the rate limit in Redis, checks permission and input,
 * logs and measures the request. Target ≥ 0.70. `npm run bench -- --only cached-search`
 */
export async function benchCachedSearch({ api, fixtures, host }, options) {
  const path = `/api/v1/flights/searches/${fixtures.searchId}`;
  const { text, status } = await api.ask('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status}`);
  const reference = await startReference('lru', { body: text, type: 'application/json; charset=utf-8' });
  try {
    const sides = {
      reference: { url: `${reference.url}/`, pid: reference.pid },
      product: { url: `${api.url}${path}`, pid: api.pid, headers: { host } },
    };
    const title = `Cached search, ${(text.length / 1000).toFixed(1)} kB (row 2)`;
    return await compare({ title, sides, target: 0.7, options });
  } finally {
    await reference.stop();
  }
}
