import { aSubmittedApplication } from '../../../server/agencies/applications/testing.ts';
import { q } from '../../../server/kernel/database/builder.ts';
import { newId } from '../../../server/kernel/ids.ts';
import type { SiteClient } from '../../../server/testing/site-client.ts';
import { findExampleFlight } from '../../../server/testing/trips.ts';
import type { Contract, Operation } from './contract.ts';
import { day, validBody } from './valid-body.ts';
import { made, ROLES, type CallerName, type TestTenant } from './world.ts';

/** Things of one tenant behind the parameter of a path: all that were found, and which of them each caller finds in its own list. */
export interface Found {
  ids: string[];
  seenBy: Partial<Record<CallerName, ReadonlySet<string>>>;
  /** Whether a caller that does not list a thing must not open it either: false for what a secret in the address opens. */
  isListed: boolean;
}

/** Collections whose parameter names nothing of a tenant, with the reason. */
export const SHARED: Record<string, string> = {
  '/exchange-rates': 'A currency is a name of the world; each tenant has its own rate by it.',
  '/wallet-currencies': 'A currency is a name of the world; each level has its own setting by it.',
  '/hotels': 'Hotels are the supplier’s; every tenant sees the same.',
  '/pages':
    'A slug is a name its brand chose: the same slug is another page in each tenant (its brand is in the body, see I30).',
  '/audit-log': 'Entries are numbered from 1 in each tenant: an id of the other tenant is one of the own.',
};

/** How to get an id where no list tells it: made or found as the tenant's own guest or customer. */
const MAKERS: Record<string, (tenant: TestTenant) => Promise<string[]>> = {
  '/flights/searches': async ({ callers }) => [made(await searchFlights(callers.anonymous)).id],
  '/flights/offers': async ({ callers }) => [(await findExampleFlight({ day }, callers.anonymous)).id],
  '/offers': async ({ callers }) => [(await findExampleFlight({ day }, callers.anonymous)).id],
  '/hotels/searches': async ({ callers }) => [
    made(
      await callers.anonymous.post(
        '/hotels/searches',
        { near: 'ROM', checkIn: day(40), checkOut: day(42), rooms: [{ adults: 1 }] },
        { key: null },
      ),
    ).id,
  ],
  '/agency-applications/own/documents': async ({ site }) => [
    (await aSubmittedApplication(site.sql, await site.brandAt('b'))).documentId,
  ],
  '/reconciliation/cases': async ({ site }) => {
    const [id, now] = [newId(), new Date()];
    const sides = { currency: 'EUR', ours_minor: 0, theirs_minor: 23970 };
    const case_ = {
      id,
      key: `line/${id}`,
      day: '2026-01-31',
      kind: 'missing_here',
      state: 'open',
      reference: 'ch_gone',
    };
    await site.sql.run(
      q('reconciliation_cases').insert({
        ...case_,
        ...sides,
        counterparty: 'stripe',
        created_at: now,
        updated_at: now,
      }),
    );
    return [id];
  },
  // Kept by the payment service, of which the isolation world has none that keeps cards.
  '/me/cards': ({ site }) => Promise.resolve([`pm_of_${site.tenant.id.replaceAll('-', '')}`]),
  '/receivables': async ({ site, sibling }) => {
    const id = newId();
    const wallet = q('wallets').where({ agency_id: sibling });
    await site.sql.run(wallet.clone().update({ balance_minor: -5_000, payment_days: 0 }));
    const fee = { amount_minor: -5_000, balance_after_minor: -5_000, held_after_minor: 0, kind: 'adjustment' };
    await site.sql.run(
      q('wallet_entries').insert({ id, wallet_id: wallet.clone().select('id'), key: id, ...fee, reason: 'Fee' }),
    );
    return [id];
  },
  '/me/passkeys': async ({ site }) => {
    const [id, owner] = [newId(), await site.sql.one<{ id: string }>(q('users').select('id'))];
    const key = { credential_id: id, public_key: '', counter: 0, backed_up: false, rp_id: 'a.test', name: 'Key' };
    await site.sql.run(q('user_passkeys').insert({ id, user_id: owner?.id, ...key }));
    return [id];
  },
  '/cancellation-quotes': async ({ callers, bookings }) => [
    made(await callers.customer.post(`/bookings/${bookings.customer.id}/cancellation-quotes`)).id,
  ],
};

const searchFlights = (client: SiteClient) =>
  client.post(
    '/flights/searches',
    { slices: [{ origin: 'VLC', destination: 'BIO', departureDate: day(30) }], passengers: [{ type: 'adult' }] },
    { key: null },
  );

const HOW_TO_MEND = 'add a maker to MAKERS in tests/isolation/support/fixtures.ts that makes one and answers its id';

/**
 * Finds the things of a tenant that an operation's first parameter names: from the list of the same path, made through its POST when the
 * list is empty, or by a maker.
 * @throws Error that says what to add, for a route nobody told the matrix about
 */
export async function findThings(contract: Contract, tenant: TestTenant, operation: Operation): Promise<Found> {
  const { collection } = operation;
  const name = operation.params[0]?.name ?? 'id';
  if (!collection) throw new Error(`${operation.name} has no parameter`);
  const maker = MAKERS[collection];
  if (maker) return { ids: await maker(tenant), seenBy: {}, isListed: false };
  if (!contract.find('get', collection))
    throw new Error(`${operation.name}: there is no GET ${collection} that lists such things; ${HOW_TO_MEND}.`);

  let found = await listAsEach(tenant, collection, name);
  const create = contract.find('post', collection);
  if (found.ids.length === 0 && create) {
    const answer = await tenant.callers['reseller admin'].post(collection, validBody(contract, create));
    if (answer.status >= 300) {
      throw new Error(
        `${operation.name}: GET ${collection} is empty, and ${create.name} with a generated body answered ${answer.status} ` +
          `${answer.text.slice(0, 400)}; add its fields to FIELDS in tests/isolation/support/valid-body.ts, or ${HOW_TO_MEND}.`,
      );
    }
    found = await listAsEach(tenant, collection, name);
  }
  if (found.ids.length === 0)
    throw new Error(`${operation.name}: GET ${collection} is empty in the isolation world; ${HOW_TO_MEND}.`);
  return found;
}

async function listAsEach(tenant: TestTenant, collection: string, name: string): Promise<Found> {
  const seenBy: Partial<Record<CallerName, ReadonlySet<string>>> = {};
  for (const role of ROLES) seenBy[role] = new Set(await listIds(tenant.callers[role], collection, name));
  const ids = [...new Set(ROLES.flatMap((role) => [...(seenBy[role] ?? [])]))];
  return { ids, seenBy, isListed: true };
}

/** Ids of a list, all pages of it; none where the caller may not read it. */
async function listIds(client: SiteClient, collection: string, name: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const answer = await client.get(`${collection}${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    if (answer.status !== 200) return ids;
    const rows = (answer.body.data ?? []) as Array<Record<string, unknown>>;
    ids.push(...rows.map((row) => row[name] ?? row.id).filter((id): id is string => typeof id === 'string'));
    cursor = (answer.body.next as string | null | undefined) ?? '';
  } while (cursor);
  return ids;
}
