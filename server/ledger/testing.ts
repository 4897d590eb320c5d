import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId, newReference } from '../kernel/ids.ts';
import { compileRules, priceOffer } from '../pricing/index.ts';
import type { BuildUp } from '../pricing/index.ts';
import { aRule, exampleA } from '../pricing/testing.ts';

export interface TestAgency {
  id: string;
  path: string;
  name: string;
  parentId: string | null;
  depth: number;
}

/** Inserts an approved agency below a parent (the reseller when left out). */
export async function addAgency(sql: TenantSql, name: string, parent?: TestAgency): Promise<TestAgency> {
  const id = newId();
  const agency = {
    id,
    name,
    parentId: parent?.id ?? null,
    path: `${parent?.path ?? '/'}${id}/`,
    depth: (parent?.depth ?? 0) + 1,
  };
  await sql.run(
    q('agencies').insert({
      id,
      name,
      parent_id: agency.parentId,
      path: agency.path,
      depth: agency.depth,
      legal_name: `${name} Viajes SL`,
      tax_id: 'B58818501',
    }),
  );
  return agency;
}

/** Inserts a confirmed booking to hang money on. */
export async function addBooking(
  sql: TenantSql,
  given: { brandId: string; agency?: TestAgency; customerId?: string; total?: number; method?: 'card' | 'wallet' },
): Promise<{ id: string; reference: string }> {
  const booking = { id: newId(), reference: newReference() };
  await sql.run(
    q('bookings').insert({
      ...booking,
      state: 'confirmed',
      brand_id: given.brandId,
      agency_id: given.agency?.id ?? null,
      agency_path: given.agency?.path ?? '/',
      customer_id: given.customerId ?? null,
      title: 'Madrid to London',
      lead_name: 'Ana',
      lead_surname: 'Prieto',
      contact: JSON.stringify({ givenName: 'Ana', familyName: 'Prieto', email: 'ana@mail.test' }),
      locale: 'en',
      currency: 'EUR',
      total_minor: given.total ?? 23970,
      payment_method: given.method ?? 'card',
      starts_on: '2026-12-01',
      ends_on: '2026-12-05',
    }),
  );
  return booking;
}

/** Worked example A with agencies that exist: net 20000, A marks up 500, B 2 %, customer 23970. */
export function exampleAOf(a: TestAgency, b: TestAgency): BuildUp {
  return priceOffer({
    ...exampleA(),
    chain: [{ agencyId: null }, { agencyId: a.id, tier: 'gold' }, { agencyId: b.id, tier: 'silver' }],
    rulesByOwner: compileRules([
      aRule({ id: 'r', ownerAgencyId: null, value: { kind: 'percent', basisPoints: 1500, of: 'total' } }),
      aRule({ id: 'a', ownerAgencyId: a.id, value: { kind: 'fixed', amountMinor: 500, per: 'booking' } }),
      aRule({ id: 'b', ownerAgencyId: b.id, value: { kind: 'percent', basisPoints: 200, of: 'total' } }),
    ]),
  });
}

/** Somebody who acts for an agency, or for the reseller when there is none. */
export function actorOf(
  agency: TestAgency | null,
  role: Actor['role'] = agency ? 'agency_admin' : 'reseller_admin',
): Actor {
  return {
    kind: 'user',
    id: newId(),
    role,
    agencyId: agency?.id ?? null,
    agencyPath: agency?.path ?? '/',
    name: 'Somebody',
    email: null,
    authentication: { at: new Date(), methods: ['pwd'] },
  };
}

/** Every number in an answer, without its sign; ids and dates are texts and do not count. */
export function numbersIn(answer: unknown): Set<number> {
  if (typeof answer === 'number') return new Set([Math.abs(answer)]);
  if (typeof answer !== 'object' || answer === null) return new Set();
  return new Set(Object.values(answer).flatMap((value) => [...numbersIn(value)]));
}
