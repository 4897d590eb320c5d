import { LRUCache } from 'lru-cache';
import type { Clock } from '../kernel/clock.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import { tenantKey } from '../kernel/redis.ts';
import type { Redis } from '../kernel/redis.ts';
import type { BuildUp } from '../pricing/index.ts';
import type { ShownPrice } from './price.ts';

/** What was asked is kept a day, so that an expired offer can still say how to search again. */
const KEPT_SECONDS = 24 * 3600;

/** A search as one seller saw it: prices are frozen in the order of the supplier's answer; null may not be sold (a stay has one for each option). */
export interface StoredSearch<C, P = ShownPrice | null> {
  id: string;
  kind: 'flights' | 'stays';
  sellerAgencyId: string | null;
  criteria: C;
  /** Id of the supplier's answer; null when no supplier answered. */
  answerId: string | null;
  prices: P[];
  incomplete: Array<{ supplier: string; reason: string }>;
  expiresAt: string;
}

/** Searches of a tenant in Redis, with their build-ups apart: only a quote needs those. */
export function createSearchStore(deps: { redis: Redis; clock: Clock }) {
  const { redis, clock } = deps;
  const recent = new LRUCache<string, StoredSearch<unknown, unknown>>({ max: 200 });
  const docKey = (tenant: TenantRef, id: string) => tenantKey(tenant, 'search', id);
  const buildKey = (tenant: TenantRef, id: string) => tenantKey(tenant, 'search-build-ups', id);

  return {
    async save<C, P>(tenant: TenantRef, search: StoredSearch<C, P>, buildUps: Array<BuildUp | null>): Promise<void> {
      const left = Math.ceil((Date.parse(search.expiresAt) - clock.now().getTime()) / 1000);
      recent.set(docKey(tenant, search.id), search);
      const writes = redis.pipeline().set(docKey(tenant, search.id), JSON.stringify(search), 'EX', KEPT_SECONDS);
      if (left > 0 && buildUps.length > 0)
        writes.set(buildKey(tenant, search.id), JSON.stringify(buildUps), 'EX', left);
      await writes.exec();
    },
    /** Undefined for a search of another tenant, another kind, or none. */
    async find<C, P = ShownPrice | null>(
      tenant: TenantRef,
      id: string,
      kind: 'flights' | 'stays',
    ): Promise<StoredSearch<C, P> | undefined> {
      const key = docKey(tenant, id);
      let search = recent.get(key) as StoredSearch<C, P> | undefined;
      if (!search) {
        const text = await redis.get(key);
        if (text === null) return undefined;
        search = JSON.parse(text) as StoredSearch<C, P>;
        recent.set(key, search);
      }
      return search.kind === kind ? search : undefined;
    },
    /** The frozen build-up of one offer, while the offer lives. */
    async findBuildUp(tenant: TenantRef, id: string, n: number): Promise<BuildUp | undefined> {
      const text = await redis.get(buildKey(tenant, id));
      return text === null ? undefined : ((JSON.parse(text) as Array<BuildUp | null>)[n] ?? undefined);
    },
  };
}

export type SearchStore = ReturnType<typeof createSearchStore>;
