import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';

/** Below every rule a person writes: theirs win without touching this one. */
const PRIORITY = -100;
const VALUE = { kind: 'percent', basisPoints: 1000, of: 'total' } as const;

/**
 * Gives a new reseller its first rule: without one its margin would be the platform's fee below zero and nothing could be sold.
 * Repeatable; a reseller that has, or ever had, a rule of its own is left alone.
 */
export async function seedDefaultRule(sql: TenantSql): Promise<void> {
  await sql.run(
    q.raw(
      `insert into markup_rules (id, name, value, priority) select ?::uuid, ?, ?::jsonb, ?::int
       where not exists (select 1 from markup_rules where owner_agency_id is null)`,
      [newId(), 'Standard markup', JSON.stringify(VALUE), PRIORITY],
    ),
  );
}
