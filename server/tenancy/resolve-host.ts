import { LRUCache } from 'lru-cache';
import type { Database } from '../kernel/database/database.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { platformKey, type Redis } from '../kernel/redis.ts';
import { findBrandRow, findByHostname, findTenantById, toBrand } from './repository.ts';

export interface Site {
  tenant: Tenant;
  brand: Brand;
}

const CHANNEL = 'portolan:site-changed';
/** How long a process that was not told of a change may go on with what it knew. */
export const SITE_TTL_SECONDS = 30;
const LOCAL_TTL_MS = SITE_TTL_SECONDS * 1000;
const REDIS_TTL_SECONDS = 300;
/** Unknown hosts are remembered for a moment, in a bounded map: a flood of made-up names costs neither queries nor memory. */
const UNKNOWN_TTL_MS = 5_000;

/**
 * Hostname → tenant and brand: in-process LRU → Redis → control plane. A change is published, and every process drops its entry.
 */
export function createHostResolver(deps: {
  database: Database;
  redis: Redis;
  subscriber: Redis;
  originOf: (hostname: string) => string;
  metrics?: Metrics;
}) {
  const { database, redis, subscriber, originOf, metrics } = deps;
  const local = new LRUCache<string, Site>({ max: 5000, ttl: LOCAL_TTL_MS });
  const unknown = new LRUCache<string, true>({ max: 10_000, ttl: UNKNOWN_TTL_MS });
  const flights = new Map<string, Promise<Site | undefined>>();
  const key = (hostname: string) => platformKey('site', hostname);

  void subscriber.subscribe(CHANNEL).catch(() => undefined);
  subscriber.on('message', (channel, hostname) => {
    if (channel !== CHANNEL) return;
    local.delete(hostname);
    unknown.delete(hostname);
  });
  // While the subscription was away, changes went unheard.
  subscriber.on('ready', () => local.clear());

  async function load(hostname: string): Promise<Site | undefined> {
    const cached = await redis.get(key(hostname)).catch(() => null);
    if (cached) return JSON.parse(cached) as Site;
    const found = await findByHostname(database.platform, hostname);
    if (!found) return undefined;
    const row = await findBrandRow(database.tenant(found.tenant), found.brandId);
    if (!row) return undefined;
    const site = { tenant: found.tenant, brand: toBrand(row, originOf) };
    await redis.set(key(hostname), JSON.stringify(site), 'EX', REDIS_TTL_SECONDS).catch(() => undefined);
    return site;
  }

  return {
    /** The site a normalised hostname names; undefined when none does. */
    async resolve(hostname: string): Promise<Site | undefined> {
      const hit = local.get(hostname);
      if (hit) {
        metrics?.tenantResolution.inc({ result: 'hit' });
        return hit;
      }
      if (unknown.has(hostname)) {
        metrics?.tenantResolution.inc({ result: 'unknown' });
        return undefined;
      }
      let flight = flights.get(hostname);
      if (!flight) {
        flight = load(hostname).finally(() => flights.delete(hostname));
        flights.set(hostname, flight);
      }
      const site = await flight;
      metrics?.tenantResolution.inc({ result: site ? 'miss' : 'unknown' });
      if (site) local.set(hostname, site);
      else unknown.set(hostname, true);
      return site;
    },
    /** Makes every process forget a hostname, after its domain, brand or tenant changed. */
    async invalidate(hostname: string): Promise<void> {
      local.delete(hostname);
      unknown.delete(hostname);
      await redis.del(key(hostname)).catch(() => undefined);
      await redis.publish(CHANNEL, hostname).catch(() => undefined);
    },
    findTenant: (id: string) => findTenantById(database.platform, id),
    /** A brand by id, for work that no host started (jobs, mails). */
    async brandOf(tenant: Tenant, brandId: string): Promise<Brand | undefined> {
      const row = await findBrandRow(database.tenant(tenant), brandId);
      return row && toBrand(row, originOf);
    },
  };
}

export type HostResolver = ReturnType<typeof createHostResolver>;
