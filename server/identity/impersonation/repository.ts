import { digest } from '../../kernel/crypto/vault.ts';
import { q } from '../../kernel/database/builder.ts';
import type { Database } from '../../kernel/database/database.ts';

type Platform = Database['platform'];

/** An operator's leave to act as somebody; its token opens one session. */
export interface Impersonation {
  readonly id: string;
  readonly userId: string;
  readonly operator: string;
  readonly reason: string;
  readonly minutes: number;
}

const COLUMNS = { id: 'id', userId: 'user_id', operator: 'operator', reason: 'reason', minutes: 'minutes' };

interface Site {
  tenant: { id: string };
  brand: { id: string };
}

export const insertImpersonation = (
  platform: Platform,
  { tenant, brand }: Site,
  row: Impersonation & { token: string; createdAt: Date; linkExpiresAt: Date },
): Promise<number> =>
  platform.run(
    q('platform.impersonations').insert({
      id: row.id,
      tenant_id: tenant.id,
      brand_id: brand.id,
      user_id: row.userId,
      token_hash: digest(row.token),
      operator: row.operator,
      reason: row.reason,
      minutes: row.minutes,
      created_at: row.createdAt,
      link_expires_at: row.linkExpiresAt,
    }),
  );

const redeemable = ({ tenant, brand }: Site, token: string, now: Date) =>
  q('platform.impersonations')
    .where({ tenant_id: tenant.id, brand_id: brand.id, token_hash: digest(token) })
    .where('link_expires_at', '>', now)
    .whereNull('redeemed_at');

/** What a link of this very site still opens. */
export const findRedeemable = (platform: Platform, site: Site, token: string, now: Date) =>
  platform.one<Impersonation>(redeemable(site, token, now).select(COLUMNS));

/** Uses a link up; of several at once one wins. */
export const redeemImpersonation = (platform: Platform, site: Site, token: string, at: { now: Date; ip: string }) =>
  platform.one<Impersonation & { endsAt: Date }>(
    redeemable(site, token, at.now)
      .update({
        redeemed_at: at.now,
        redeemed_from: at.ip,
        ends_at: q.raw('?::timestamptz + make_interval(mins => minutes)', [at.now]),
      })
      .returning(['id', 'user_id as userId', 'operator', 'reason', 'minutes', 'ends_at as endsAt']),
  );

/** Notes that it was ended before its time. */
export const endImpersonation = (platform: Platform, tenant: { id: string }, id: string, now: Date): Promise<number> =>
  platform.run(
    q('platform.impersonations').where({ tenant_id: tenant.id, id }).whereNull('ended_at').update({ ended_at: now }),
  );
