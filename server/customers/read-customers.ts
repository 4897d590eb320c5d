import type { Knex } from 'knex';
import { abilityFor, narrow, type Action } from '../access/index.ts';
import { hasEmail, hasName, normaliseEmail, openUser, selectUsers, type User } from '../identity/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { EmailSearchPartial } from './errors.ts';
import type { CustomerQuery } from './schema.ts';

export interface Customer extends User {
  agencyName: string | null;
  bookings: number;
}

/** People with a customer's account, with their agency and how often they booked. */
const selectCustomers = (): Knex.QueryBuilder =>
  selectUsers()
    .where('u.role', 'customer')
    .select('a.name as agencyName')
    .select(q.raw('(select count(*)::int from bookings b where b.customer_id = u.id) as bookings'));

/**
 * Whose customers they are: of the agency they registered at, and, to read, of each agency they booked at. One condition for lists and
 * look-ups, so that the two cannot disagree.
 */
function visible(query: Knex.QueryBuilder, actor: Actor, action: Action): Knex.QueryBuilder {
  const ability = abilityFor(actor);
  return query.where((any) => {
    void any.where(
      (own) =>
        // A right without conditions adds none: the group must still be there, or only the alternative below would count.
        void narrow(own.whereRaw('true'), ability, action, 'Customer', {
          id: 'u.id',
          agencyId: 'u.agency_id',
          agencyPath: 'a.path',
        }),
    );
    if (action !== 'read') return;
    void any.orWhereExists(
      narrow(q('bookings as b').select(q.raw('1')).whereRaw('b.customer_id = u.id'), ability, 'read', 'Customer', {
        id: 'b.customer_id',
        agencyId: 'b.agency_id',
        agencyPath: 'b.agency_path',
      }),
    );
  });
}

/** One page of the customers the actor may see, newest first. @throws EmailSearchPartial */
export async function listCustomers(
  sql: TenantSql,
  actor: Actor,
  filter: CustomerQuery,
): Promise<{ rows: readonly Customer[]; next: string | null }> {
  const before = decodeCursor(filter.cursor, UUID_CURSOR);
  const query = visible(selectCustomers(), actor, 'read')
    .orderBy('u.id', 'desc')
    .limit(filter.limit + 1);
  if (before) void query.where('u.id', '<', before);
  if (filter.agencyId) void query.where('u.agency_id', filter.agencyId);
  if (filter.search) addSearch(sql, query, filter.search);
  const rows = await sql.all<Customer>(query);
  return toPage(
    rows.map((row) => openUser(sql, row)),
    filter.limit,
    (row) => row.id,
  );
}

const WHOLE_ADDRESS = /^[^\s@%*]+@[^\s@%*]+\.[^\s@%*.]+$/;

function addSearch(sql: TenantSql, query: Knex.QueryBuilder, search: string): void {
  const looksLikeAddress = /[@%*_]/.test(search);
  if (looksLikeAddress && !WHOLE_ADDRESS.test(search)) throw EmailSearchPartial({ search });
  if (looksLikeAddress) void query.where(hasEmail(sql.vault, 'users', 'u', normaliseEmail(search)));
  else void query.where(hasName(sql.vault, 'u', search)).whereRaw(`u.name_terms <> '{}'`);
}

/** A customer the actor may do this with. What may not be seen answers 404. */
export async function getCustomer(sql: TenantSql, actor: Actor, id: string, action: Action): Promise<Customer> {
  const row = await sql.one<Customer>(visible(selectCustomers(), actor, action).where('u.id', id));
  if (!row) throw NotFound({ what: 'This customer' });
  return openUser(sql, row);
}
