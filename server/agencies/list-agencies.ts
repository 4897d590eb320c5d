import { abilityFor, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { ValidationFailed } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { isUuid } from '../kernel/ids.ts';
import type { Agency } from './agency.ts';
import { selectAgencies } from './repository.ts';
import type { AgencyQuery } from './schema.ts';

/** What a list is sorted by, in SQL. Ids are time-ordered, so creation is the id itself. */
const SORT_KEYS = {
  name: 'lower(a.name)',
  createdAt: 'a.id::text',
  state: 'a.state',
  tier: `array_position(array['bronze', 'silver', 'gold', 'platinum'], a.tier)::text`,
} as const;

/** One page of the agencies the actor may see. */
export async function listAgencies(
  sql: TenantSql,
  actor: Actor,
  filter: AgencyQuery,
): Promise<{ rows: Agency[]; next: string | null }> {
  const descending = filter.sort.startsWith('-');
  const key = SORT_KEYS[filter.sort.replace('-', '') as keyof typeof SORT_KEYS];
  const direction = descending ? 'desc' : 'asc';
  const query = narrow(selectAgencies(), abilityFor(actor), 'read', 'Agency', { id: 'a.id', path: 'a.path' })
    // eslint-disable-next-line no-restricted-syntax -- one of SORT_KEYS
    .select(q.raw(`${key} as "sortKey"`))
    .orderByRaw(`${key} ${direction}, a.id ${direction}`)
    .limit(filter.limit + 1);
  addFilters(query, filter);
  if (filter.cursor !== undefined) {
    const after = readCursor(filter.cursor, filter.sort);
    query.whereRaw(`(${key}, a.id) ${descending ? '<' : '>'} (?, ?::uuid)`, [after.key, after.id]);
  }
  const found = await sql.all<Agency & { sortKey: string }>(query);
  const rows = found.slice(0, filter.limit);
  const last = rows.at(-1);
  return { rows, next: found.length > filter.limit && last ? writeCursor(filter.sort, last) : null };
}

function addFilters(query: ReturnType<typeof selectAgencies>, filter: AgencyQuery): void {
  if (filter.parentId === 'none') query.whereNull('a.parent_id');
  else if (filter.parentId) query.where('a.parent_id', filter.parentId);
  if (filter.state) query.where('a.state', filter.state);
  if (filter.tier) query.where('a.tier', filter.tier);
  if (filter.search) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    query.where(
      (any) =>
        void any
          .whereILike('a.name', part)
          .orWhereILike('a.legal_name', part)
          .orWhereILike('a.email', part)
          .orWhereILike('a.tax_id', part),
    );
  }
}

const writeCursor = (sort: string, row: { sortKey: string; id: string }): string =>
  Buffer.from(JSON.stringify([sort, row.sortKey, row.id])).toString('base64url');

/** A cursor belongs to one order: in another its position would mean something else. */
function readCursor(cursor: string, sort: string): { key: string; id: string } {
  try {
    const [of, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (of === sort && typeof key === 'string' && typeof id === 'string' && isUuid(id)) return { key, id };
  } catch {
    // Not ours: answered below.
  }
  throw ValidationFailed({
    errors: [
      {
        pointer: '?cursor',
        code: 'invalid',
        detail: 'cursor must be the `next` of a page of this list in the same order; leave it out for the first page.',
      },
    ],
  });
}
