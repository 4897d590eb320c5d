import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { createTestWorld, type TestWorld } from '../../testing/index.ts';
import { anAgency, resellerAdmin, staffOf } from '../testing.ts';
import {
  changeSettings,
  endOverride,
  overrideTier,
  previewReviews,
  readProgress,
  reviewTiers,
} from './review-tiers.ts';

let world: TestWorld;
let tenant: Awaited<ReturnType<TestWorld['createTenant']>>;
let a: { id: string; path: string };
let b: { id: string; path: string };
let sales: { agencyPath: string; valueMinor: number; bookings: number }[] = [];
const read = () => Promise.resolve(sales);
const run = (day: string) =>
  reviewTiers(read, (work) => world.database.withTenant(tenant.tenant, work), new Date(`${day}T01:40:00Z`));
const tiers = async () =>
  Object.fromEntries(
    (
      await tenant.sql.all<{ id: string; tier: string }>(q('agencies').whereIn('id', [a.id, b.id]).select('id', 'tier'))
    ).map(({ id, tier }) => [id === a.id ? 'a' : 'b', tier]),
  );

beforeAll(async () => {
  world = await createTestWorld();
  tenant = await world.createTenant();
  a = await anAgency(tenant.sql, { name: 'Agency A', tier: 'silver' });
  b = await anAgency(tenant.sql, { name: 'Agency B', parent: a });
  await tenant.sql.run(q('agencies').update({ created_at: new Date('2025-01-01T00:00:00Z') }));
});
afterAll(() => world?.close());

describe('the monthly review', () => {
  it('does nothing until it is turned on, then moves tiers once a month, whoever runs it how often', async () => {
    sales = [{ agencyPath: b.path, valueMinor: 6_000_000, bookings: 3 }];
    expect(await run('2026-12-01')).toBe(0);
    const thresholds = [
      { tier: 'silver' as const, minValueMinor: 1_000_000, minBookings: null },
      { tier: 'gold' as const, minValueMinor: 5_000_000, minBookings: null },
      { tier: 'platinum' as const, minValueMinor: null, minBookings: null },
    ];
    const late = new Date('2026-11-20T10:00:00Z');
    await changeSettings(tenant.sql, 1, { isOn: true, thresholds }, late);
    await expect(changeSettings(tenant.sql, 1, { isOn: true, thresholds }, late)).rejects.toMatchObject({
      code: 'request.version_changed',
    });

    // Turned on late in November, which is not reviewed: nobody's grace is spent on it.
    expect(await run('2026-11-25')).toBe(0);
    expect(await tenant.sql.all(q('tier_reviews'))).toEqual([]);

    // What B sells counts for A above it. The run of the first was missed.
    const runs = await Promise.all([run('2026-12-03'), run('2026-12-03'), run('2026-12-03')]);
    expect(runs.reduce((sum, moved) => sum + moved, 0)).toBe(2);
    expect(await tiers()).toEqual({ a: 'gold', b: 'gold' });
    expect(await run('2026-12-20')).toBe(0);
    const c = await anAgency(tenant.sql, { name: 'Agency C' });
    await tenant.sql.run(
      q('agencies')
        .where({ id: c.id })
        .update({ created_at: new Date('2026-12-10T00:00:00Z') }),
    );
    await run('2026-12-21');
    expect(await tenant.sql.all(q('tier_reviews').where({ agency_id: c.id }))).toEqual([]);
    await tenant.sql.run(q('agencies').where({ id: c.id }).update({ state: 'suspended' }));
  });

  it('gives a month of grace before a tier is lost, shows it beforehand, and respects an exception until its day', async () => {
    sales = [{ agencyPath: a.path, valueMinor: 1_500_000, bookings: 1 }];
    const at = new Date('2026-12-28T10:00:00Z');
    const preview = await previewReviews(read, tenant.sql, at);
    expect(preview.nextReviewOn).toBe('2027-01-01');
    expect(preview.rows.map(({ review }) => [review.outcome, review.earned])).toEqual([
      ['grace', 'silver'],
      ['grace', 'bronze'],
    ]);
    expect(await run('2027-01-01')).toBe(0);
    const until = { tier: 'gold' as const, until: '2027-02-15', reason: 'A trade fair' };
    await expect(
      overrideTier(tenant.sql, resellerAdmin, b.id, { ...until, until: '2026-12-28' }, at),
    ).rejects.toMatchObject({ code: 'request.invalid' });
    await overrideTier(tenant.sql, resellerAdmin, b.id, until, at);
    expect(await run('2027-02-01')).toBe(1);
    expect(await tiers()).toEqual({ a: 'silver', b: 'gold' });
    await endOverride(tenant.sql, resellerAdmin, b.id);
    // The exception was no grace: it begins anew.
    expect(await run('2027-03-01')).toBe(0);
    expect(await run('2027-04-01')).toBe(1);
    expect(await tiers()).toEqual({ a: 'silver', b: 'bronze' });
  });

  it('shows an agency how far it is, and no other agency', async () => {
    const now = new Date('2027-04-10T10:00:00Z');
    const progress = await readProgress(read, tenant.sql, staffOf(a), a.id, now);
    expect(progress.next).toMatchObject({ tier: 'gold', missingValueMinor: 3_500_000 });
    expect(progress.history.map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'down', 'grace', 'up']);
    await expect(readProgress(read, tenant.sql, staffOf(b), a.id, now)).rejects.toMatchObject({ status: 404 });
  });
});
