import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ability } from '@casl/ability';
import { q } from '../kernel/database/builder.ts';
import { ROLES, type Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { abilityFor, as } from './ability.ts';
import { matchConditions, type Conditions } from './conditions.ts';
import { PERMISSION_NAMES } from './permissions.ts';
import { narrow } from './scope.ts';
import type { AppAbility, AppRule } from './vocabulary.ts';

let world: TestWorld;
let site: Awaited<ReturnType<TestWorld['createTenant']>>;
beforeAll(async () => {
  world = await createTestWorld();
  site = await world.createTenant();
});
afterAll(() => world?.close());

const COLUMNS = { agencyId: 't.a', agencyPath: 't.p', customerId: 't.c', role: 't.r', sealed: 't.s' };
const texts = fc.constantFrom('', 'a', 'b', '/', '/a/', '/a/b/', '/ab/', '%', '_', '/a%', '\\', '/a\\%', 'A', 'ñ', "'");
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 3 });
const row = fc.record({
  agencyId: orNull(texts),
  agencyPath: orNull(texts),
  customerId: orNull(texts),
  role: orNull(texts),
  sealed: orNull(fc.boolean()),
});
const textCondition = fc.oneof(
  orNull(texts),
  fc.record({ in: fc.array(orNull(texts), { maxLength: 3 }) }),
  fc.record({ startsWith: texts }),
);
const conditions: fc.Arbitrary<Conditions> = fc.record(
  {
    agencyId: textCondition,
    agencyPath: textCondition,
    customerId: textCondition,
    role: textCondition,
    sealed: orNull(fc.boolean()),
  },
  { requiredKeys: [] },
);

/** Which of these rows a list answers, asked of PostgreSQL. */
async function listed(ability: AppAbility, rows: ReadonlyArray<Record<string, unknown>>): Promise<number[]> {
  const given = q.raw(
    `jsonb_to_recordset(?::jsonb) as t(n int, a text, p text, c text, r text, s boolean)`,
    JSON.stringify(
      rows.map((one, n) => ({ n, a: one.agencyId, p: one.agencyPath, c: one.customerId, r: one.role, s: one.sealed })),
    ),
  );
  const all: Knex.QueryBuilder = q.queryBuilder();
  void all.select('t.n').from(given).orderBy('t.n');
  const query = narrow(all, ability, 'read', 'Booking', COLUMNS);
  return (await site.sql.all<{ n: number }>(query)).map(({ n }) => n);
}

const seen = (ability: AppAbility, rows: ReadonlyArray<Record<string, unknown>>): number[] =>
  rows.flatMap((one, n) => (ability.can('read', as('Booking', one)) ? [n] : []));

describe('a list narrowed in SQL', () => {
  it('holds exactly the rows a look-up would allow: random rules on random rows, NULLs included', async () => {
    const rules = fc.array(fc.option(conditions, { nil: undefined, freq: 12 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rules, fc.array(row, { minLength: 1, maxLength: 30 }), async (given, rows) => {
        const raw = given.map((one): AppRule => ({
          action: 'read',
          subject: 'Booking',
          ...(one ? { conditions: one } : {}),
        }));
        const ability: AppAbility = new Ability(raw, { conditionsMatcher: matchConditions });
        expect(await listed(ability, rows)).toEqual(seen(ability, rows));
      }),
      { numRuns: 200 },
    );
  });

  it('does so for every role as it is, an agency’s person without an agency among them', async () => {
    const ids = [newId(), newId()];
    const paths = ['/', ...ids.map((id) => `/${id}/`)];
    const rows = fc.sample(
      fc.record({
        agencyId: orNull(fc.constantFrom(...ids)),
        agencyPath: orNull(fc.constantFrom(...paths)),
        customerId: orNull(fc.constantFrom(...ids)),
        role: orNull(texts),
        sealed: orNull(fc.boolean()),
      }),
      80,
    );
    for (const role of ROLES)
      for (const agencyId of [null, ids[0]!]) {
        const actor: Actor = {
          kind: 'user',
          id: ids[1]!,
          role,
          agencyId,
          agencyPath: agencyId ? `/${agencyId}/` : '/',
          name: '',
          email: null,
          permissions: [...PERMISSION_NAMES],
        };
        const ability = abilityFor(actor);
        expect([role, agencyId, await listed(ability, rows)]).toEqual([role, agencyId, seen(ability, rows)]);
        const reachesReseller = ability.can('read', as('Booking', { agencyId: null, agencyPath: '/' }));
        expect([role, reachesReseller]).toEqual([role, role === 'reseller_admin' || role === 'reseller_staff']);
      }
  });

  it('answers nothing where no rule grants anything', async () => {
    expect(await listed(new Ability([]), [{ agencyId: null }])).toEqual([]);
  });

  it('refuses a condition for which no column stands', () => {
    const ability: AppAbility = new Ability([{ action: 'read', subject: 'Booking', conditions: { secret: 'x' } }], {
      conditionsMatcher: matchConditions,
    });
    expect(() => narrow(q('bookings as t'), ability, 'read', 'Booking', COLUMNS).toSQL()).toThrow(
      'No column stands for secret',
    );
  });
});
