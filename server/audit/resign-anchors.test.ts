import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { createVault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { createMetrics } from '../kernel/metrics/metrics.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createAudit } from './index.ts';
import { adminActor, type Site } from './testing.ts';

let world: TestWorld;
let owner: pg.Client;
beforeAll(async () => {
  world = await createTestWorld();
  owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.close();
});

const newKey = () => randomBytes(32).toString('base64');
// Keys of this test alone: other tests keep their anchors in the same table.
const [first, second, third] = [newKey(), newKey(), newKey()];
const log = createLogger({ level: 'silent', role: 'test' });
const metrics = createMetrics();

/** The log as a process sees it that knows these master keys, the current one first. */
const auditWith = (current: string, ...previous: string[]) =>
  createAudit({
    database: world.database,
    vault: createVault(current, previous),
    clock: systemClock,
    log,
    metrics,
  });

const enter = ({ sql }: Site) =>
  auditWith(first).record(sql, {
    actor: adminActor(),
    action: 'test.done',
    subject: { type: 'Agency' },
    outcome: 'done',
  });

async function anchoredSite(): Promise<Site> {
  const site = await world.createTenant();
  await enter(site);
  await auditWith(first).tend(site.tenant);
  return site;
}

const isSound = async (audit: ReturnType<typeof auditWith>, site: Site) =>
  (await audit.verify(site.tenant)).brokenAt === undefined;

describe('a new master key', () => {
  it('leaves anchors of before good while it is known, and for ever once they are signed anew', async () => {
    const site = await anchoredSite();
    expect(await isSound(auditWith(second), site)).toBe(false);
    expect(await isSound(auditWith(second, first), site)).toBe(true);

    expect((await auditWith(second, first).resignAnchors()).resigned).toBe(1);
    expect(await isSound(auditWith(second), site)).toBe(true);
    // Whoever had the key of before can no longer sign.
    expect(await isSound(auditWith(first), site)).toBe(false);
    expect((await auditWith(second, first).resignAnchors()).resigned).toBe(0);

    // The chain goes on under the new key, in the same row of the day.
    await enter(site);
    await auditWith(second).tend(site.tenant);
    expect(await auditWith(second).verify(site.tenant)).toMatchObject({ entries: 2, anchoredUpTo: 2 });
    expect(await isSound(auditWith(third, second), site)).toBe(true);
  });

  it('A02: never signs an anchor that no key of before had signed', async () => {
    const site = await anchoredSite();
    const before = (await auditWith(second, first).resignAnchors()).foreign;
    await owner.query('update platform.audit_anchors set sequence = 9, hash = $2 where tenant_id = $1', [
      site.tenant.id,
      'f'.repeat(64),
    ]);
    const { resigned, foreign } = await auditWith(third, second, first).resignAnchors();
    expect({ resigned: resigned > 0, foreign }).toEqual({ resigned: true, foreign: before + 1 });
    expect(await isSound(auditWith(third, second, first), site)).toBe(false);
  });

  it('keeps what an anchor says: only its signature may be written', async () => {
    const site = await anchoredSite();
    const change = (what: string) =>
      owner.query(`update platform.audit_anchors set ${what} where tenant_id = $1`, [site.tenant.id]);
    for (const what of [`hash = 'x'`, `anchored_at = now()`, `sequence = 0`, `day = day + 1`])
      await expect(change(what), what).rejects.toMatchObject({ code: '23514' });
    await change(`signature = 'x'`);
    expect((await auditWith(first).verify(site.tenant)).reason).toContain('rotate-master');
    expect(
      await world.database.platform.one(q('platform.audit_anchors').where({ tenant_id: site.tenant.id })),
    ).toMatchObject({
      sequence: 1,
    });
  });
});
