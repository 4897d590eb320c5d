import type { Config } from '../kernel/config.ts';
import { createGuardedFetch } from '../kernel/egress/guarded-fetch.ts';
import { createNameResolver } from '../kernel/egress/resolver.ts';

/** The way out to addresses that tenants chose, as the configuration of a test has it. */
export function outwardOf(config: Config) {
  const resolver = createNameResolver(config.DNS_SERVERS);
  return { resolver, guardedFetch: createGuardedFetch({ resolver, allowPrivate: config.EGRESS_ALLOW_PRIVATE }) };
}
