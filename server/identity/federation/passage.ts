import { digest } from '../../kernel/crypto/vault.ts';
import type { TenantRef } from '../../kernel/database/sql.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';

const ARRIVAL_SECONDS = 120;
const LINK_SECONDS = 900;

/** A person whom an employer's provider has proven, on the way back to the issuer's interaction. */
export interface Arrival {
  userId: string;
  methods: string[];
}

/** An identity that waits for its person to prove that an account here is theirs too. */
export interface PendingLink {
  providerId: string;
  providerName: string;
  subject: string;
  email: string;
}

/** What must reach one interaction of one brand: in Redis for minutes, taken once, unreadable by the name of any other. */
export function createPassage(redis: Redis) {
  const keyOf = (tenant: TenantRef, brandId: string, kind: string, uid: string) =>
    tenantKey(tenant, 'federation', kind, brandId, digest(uid));
  return {
    arrive: (tenant: TenantRef, brandId: string, uid: string, arrival: Arrival) =>
      redis.set(keyOf(tenant, brandId, 'arrival', uid), JSON.stringify(arrival), 'EX', ARRIVAL_SECONDS),
    async takeArrival(tenant: TenantRef, brandId: string, uid: string): Promise<Arrival | undefined> {
      const text = await redis.getdel(keyOf(tenant, brandId, 'arrival', uid));
      return text ? (JSON.parse(text) as Arrival) : undefined;
    },
    askLink: (tenant: TenantRef, brandId: string, uid: string, link: PendingLink) =>
      redis.set(keyOf(tenant, brandId, 'link', uid), JSON.stringify(link), 'EX', LINK_SECONDS),
    async pendingLink(tenant: TenantRef, brandId: string, uid: string): Promise<PendingLink | undefined> {
      const text = await redis.get(keyOf(tenant, brandId, 'link', uid));
      return text ? (JSON.parse(text) as PendingLink) : undefined;
    },
    dropLink: async (tenant: TenantRef, brandId: string, uid: string): Promise<void> =>
      void (await redis.del(keyOf(tenant, brandId, 'link', uid))),
  };
}

export type Passage = ReturnType<typeof createPassage>;
