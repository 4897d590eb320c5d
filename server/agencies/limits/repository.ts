import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { must } from '../../kernel/must.ts';
import type { LimitedAgency, NetworkLimits } from './limits.ts';

const LIMIT_COLUMNS = `l.may_add as "mayAdd", l.max_direct as "maxDirect", l.max_total as "maxTotal", l.max_levels as "maxLevels", l.tiers,
  l.max_credit_minor as "maxCreditMinor", l.needs_approval as "needsApproval"`;

/**
 * Waits until nobody else changes the network's shape, and keeps others from it until the transaction ends. It changes seldom, so one lock
 * of the tenant does; nothing that sells takes it.
 */
export async function lockNetwork(sql: TenantSql): Promise<void> {
  await sql.one(q('network_limits').whereNull('agency_id').select('version').forUpdate());
}

/** An agency and all above it, the topmost first, with their limits and what is used of them. */
export const findLimitedChain = (sql: TenantSql, agencyId: string): Promise<LimitedAgency[]> =>
  sql.all<LimitedAgency>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- LIMIT_COLUMNS is a constant of this file
      `select a.id, a.name, a.depth, l.agency_id is not null as "isOwn", case when l.agency_id is null then 0 else l.version end as version,
         ${LIMIT_COLUMNS},
         (select count(*)::int from agencies c where c.parent_id = a.id and c.state <> 'rejected') as direct,
         (select count(*)::int from agencies d where d.path like a.path || '%' and d.id <> a.id and d.state <> 'rejected') as total
       from agencies s
       join agencies a on a.id = any(string_to_array(trim(both '/' from s.path), '/')::uuid[])
       join lateral (
         select * from network_limits n where n.agency_id is null or n.agency_id = a.id order by n.agency_id nulls last limit 1
       ) l on true
       where s.id = ? order by a.depth`,
      [agencyId],
    ),
  );

/** The limits of every agency without its own. */
export async function readGeneralLimits(sql: TenantSql): Promise<NetworkLimits & { version: number }> {
  const row = await sql.one<NetworkLimits & { version: number }>(
    // eslint-disable-next-line no-restricted-syntax -- LIMIT_COLUMNS is a constant of this file
    q.raw(`select l.version, ${LIMIT_COLUMNS} from network_limits l where l.agency_id is null`),
  );
  return must(row, 'the general limits of the network');
}

/** Writes limits if they are still the version that was read; 0 stands for none of its own. Answers whether they were. */
export async function writeLimits(
  sql: TenantSql,
  agencyId: string | null,
  version: number,
  limits: NetworkLimits,
): Promise<boolean> {
  const columns = {
    may_add: limits.mayAdd,
    max_direct: limits.maxDirect,
    max_total: limits.maxTotal,
    max_levels: limits.maxLevels,
    tiers: [...limits.tiers],
    max_credit_minor: limits.maxCreditMinor,
    needs_approval: limits.needsApproval,
  };
  if (version === 0)
    return (
      (await sql.run(
        q('network_limits')
          .insert({ agency_id: agencyId, ...columns })
          .onConflict('agency_id')
          .ignore(),
      )) > 0
    );
  return (
    (await sql.run(
      q('network_limits')
        .where({ agency_id: agencyId, version })
        .update({ ...columns, version: q.raw('version + 1'), updated_at: q.fn.now() }),
    )) > 0
  );
}

export const deleteLimits = (sql: TenantSql, agencyId: string): Promise<number> =>
  sql.run(q('network_limits').where({ agency_id: agencyId }).delete());
