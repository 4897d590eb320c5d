import { eraseBookings, listBookingIdsOf, listTripsAhead } from '../bookings/index.ts';
import { eraseUser, findUserById } from '../identity/index.ts';
import { eraseFromSimplified } from '../invoicing/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { TripsAhead } from './errors.ts';

export interface ErasureDeps {
  database: Database;
  clock: Clock;
  /** Takes the person's address out of what was mailed. */
  eraseMails(sql: TenantSql, bookingIds: readonly string[]): Promise<unknown>;
  signOutEverywhere(tenant: TenantRef, userId: string): Promise<void>;
}

/** What stays after an erasure, and why; shown to who asks. */
export const KEPT = ['bookings_without_names', 'full_invoices_for_tax'];

/**
 * Erases a customer (GDPR art. 17): account, contacts, travellers and their documents are overwritten, credentials deleted, sessions ended.
 * What was sold stays without names; full invoices stay as tax law wants. The intent is on the platform's list before anything is erased, so a
 * kill is healed by `applyErasures`, and so are the data of an older backup. Idempotent.
 * @throws TripsAhead while a trip is not over
 */
export async function eraseCustomer(deps: ErasureDeps, tenant: TenantRef, personId: string): Promise<Date> {
  const sql = deps.database.tenant(tenant);
  const user = await findUserById(sql, personId);
  if (!user || user.role !== 'customer') throw NotFound({ what: 'This customer' });
  const now = deps.clock.now();
  const person = { customerId: personId, provenEmail: user.emailVerifiedAt ? user.email : null };
  const references = user.erasedAt ? [] : await listTripsAhead(sql, person, now.toISOString().slice(0, 10));
  if (references.length > 0) throw TripsAhead({ references });
  await deps.database.platform.run(
    q('platform.erasures')
      .insert({ tenant_id: tenant.id, person_id: personId, requested_at: now })
      .onConflict(['tenant_id', 'person_id'])
      .ignore(),
  );
  await applyErasure(deps, tenant, personId, now);
  return user.erasedAt ?? now;
}

async function applyErasure(deps: ErasureDeps, tenant: TenantRef, personId: string, now: Date): Promise<void> {
  await deps.database.withTenant(tenant, async (sql) => {
    const user = await findUserById(sql, personId);
    if (!user || user.role !== 'customer') return;
    const provenEmail = user.emailVerifiedAt ? user.email : null;
    const bookingIds = await listBookingIdsOf(sql, { customerId: personId, provenEmail });
    await eraseBookings(sql, bookingIds);
    await eraseFromSimplified(sql, bookingIds);
    await deps.eraseMails(sql, bookingIds);
    if (await eraseUser(sql, personId, now))
      await emitEvent(sql, { kind: 'customer.erased@1', payload: { customerId: personId } });
  });
  await deps.signOutEverywhere(tenant, personId);
  await deps.database.platform.run(
    q('platform.erasures').where({ tenant_id: tenant.id, person_id: personId }).update({ done_at: now }),
  );
}

/** Erases again whoever is on the list and is there: after a kill half-way, or a restored backup. Answers how many. */
export async function applyErasures(deps: ErasureDeps, tenant: TenantRef): Promise<number> {
  const listed = await deps.database.platform.all<{ person_id: string; done_at: Date | null }>(
    q('platform.erasures').where({ tenant_id: tenant.id }).select('person_id', 'done_at'),
  );
  if (listed.length === 0) return 0;
  const back = new Set(
    (
      await deps.database.tenant(tenant).all<{ id: string }>(
        q('users')
          .whereRaw('id = any(?::uuid[])', [listed.map((row) => row.person_id)])
          .whereNull('erased_at')
          .select('id'),
      )
    ).map(({ id }) => id),
  );
  const due = listed.filter((row) => row.done_at === null || back.has(row.person_id));
  for (const { person_id: personId } of due) await applyErasure(deps, tenant, personId, deps.clock.now());
  return due.length;
}
