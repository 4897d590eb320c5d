import { afterAll, beforeAll, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { numbersIn } from '../../server/testing/figures.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let site: TestSite;
let bookingId: string;
beforeAll(async () => {
  world = await createPlatformWorld({ resellers: 1 });
  site = world.first;
  const answer = await bookExample(world, site.guest('b'), { email: 'why@price.test' });
  bookingId = answer.body.id as string;
});
afterAll(() => world?.close());

const explain = (who: SiteClient) => who.get(`/bookings/${bookingId}/price-explanation`);

it('tells the reseller every level: worked example A with its rules, tiers and margin guard', async () => {
  const admin = (await site.signIn('admin', 'reseller')).client;
  const { body } = await explain(admin);
  expect(body.levels).toMatchObject([
    {
      agencyId: null,
      markup: { amount: 3000 },
      rules: [{ amount: { amount: 3000 }, words: { value: { basisPoints: 1500 } } }],
    },
    { tier: 'gold', commissionRateBp: 1000, commission: { amount: 570 }, markup: { amount: 500 } },
    {
      tier: 'silver',
      commissionRateBp: 700,
      commission: { amount: 1330 },
      markup: { amount: 470 },
      tierDiscount: null,
    },
  ]);
  expect(body.chain).toMatchObject({
    net: { amount: 20000 },
    commissionable: { amount: 19000 },
    guard: { margin: { amount: 900 } },
  });

  // The words are those of then, whatever is edited since.
  const rule = body.levels[0].rules[0] as { id: string; words: { name: string } };
  await site.sql.run(
    q('markup_rules')
      .where({ id: rule.id })
      .update({ name: 'Renamed', version: q.raw('version + 1') }),
  );
  expect((await explain(admin)).body.levels[0].rules[0].words.name).toBe(rule.words.name);
});

it('tells an agency its own level, and no figure from which an ancestor’s could be reckoned', async () => {
  const agent = (await site.signIn('subagent', 'b')).client;
  const answer = await explain(agent);
  expect(answer.body.levels).toMatchObject([
    { agencyId: site.agencies.b, tier: 'silver', commission: { amount: 1330 } },
  ]);
  expect(answer.body.levels).toHaveLength(1);
  const shown = numbersIn(answer.body);
  for (const secret of [20000, 23000, 19000, 3000, 500, 570, 900, 700, 1000, 1500]) expect(shown).not.toContain(secret);
  expect((await explain(site.guest('b'))).status).toBe(401);
});
