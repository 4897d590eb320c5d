import type { AroundIdentityEvent, IdentityEvent, OnIdentityEvent } from '../identity/index.ts';
import type { Around } from './around.ts';
import type { Act } from './entry.ts';

/** Sign-ins, passwords, second factors, sessions: what identity tells of, as entries of the log. */
export const recordIdentityEvents =
  (record: (sql: Parameters<OnIdentityEvent>[0], act: Act) => Promise<void>): OnIdentityEvent =>
  (sql, event) =>
    record(sql, actOf(event));

/** The same for what no single transaction holds: intent before, record after. */
export const aroundIdentityEvents =
  (around: Around): AroundIdentityEvent =>
  (tenant, event, work, endOf) =>
    around(tenant, actOf(event), work, endOf && ((result) => actOf(endOf(result))));

const actOf = ({
  action,
  outcome,
  actor,
  subject,
  reason,
  details,
  brand,
  requestId,
  ip,
  userAgent,
}: IdentityEvent): Act => ({
  action,
  outcome,
  actor,
  subject,
  problem: reason ?? null,
  details,
  origin: { ip, userAgent, host: brand?.hostname, brandId: brand?.id },
  requestId,
});
