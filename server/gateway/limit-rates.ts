import type { Middleware } from 'koa';
import type { Allowances } from '../kernel/http/allowances.ts';
import type { FairShare } from '../kernel/http/fair-share.ts';
import { tenantKey } from '../kernel/redis.ts';
import type { SiteState } from './site.ts';

/**
 * Counts each request that does work for a site against its address and its tenant, and lets a tenant have its share of the process: however
 * much one sends, the others' requests do not stand in its line. Whoever signed in is counted by name as well (`kernel/http/api.ts`).
 */
export function limitRates(deps: {
  allowances: Allowances;
  fairShare: FairShare;
  addressPerMinute: number;
  tenantPerMinute: number;
}): Middleware {
  const perAddress = { points: deps.addressPerMinute, seconds: 60 };
  const perTenant = { points: deps.tenantPerMinute, seconds: 60 };
  return async (ctx, next) => {
    const { tenant } = ctx.state as SiteState;
    ctx.set(
      deps.allowances.take([
        { key: tenantKey(tenant, 'rl', 'address', ctx.ip), limit: perAddress },
        { key: tenantKey(tenant, 'rl', 'tenant'), limit: perTenant },
      ]),
    );
    await deps.fairShare.run(tenant.id, next);
  };
}
