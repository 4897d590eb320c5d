import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { Conflict } from '../kernel/errors.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { mortalDatabase } from '../testing/mortal-database.ts';
import { adminActor, entriesOf, openAudit, type Site } from './testing.ts';

let world: TestWorld;
let product: ReturnType<typeof openAudit>;
let owner: pg.Client;
beforeAll(async () => {
  world = await createTestWorld();
  product = openAudit(world);
  owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.close();
});

const act = { actor: adminActor(), action: 'cli.tenant.suspend', subject: { type: 'Tenant' } };
const intents = async (site: Site) => (await site.sql.all(q('audit_intents'))).length;
const told = async (site: Site) =>
  (await entriesOf(site.sql)).map(({ outcome, problem, subject }) => [outcome, problem, subject.id]);

describe('an act that no route makes', () => {
  it('is entered as it ended, with what only its result says', async () => {
    const site = await world.createTenant();
    const endOf = (id: string) => ({ subject: { type: 'User', id } });
    expect(await product.audit.around(site.tenant, act, () => Promise.resolve('made-1'), endOf)).toBe('made-1');
    const refuse = () => Promise.reject(Conflict({ detail: 'Not now.' }));
    await expect(product.audit.around(site.tenant, act, refuse)).rejects.toMatchObject({ status: 409 });
    const fail = () => Promise.reject(new TypeError('a defect'));
    await expect(product.audit.around(site.tenant, act, fail)).rejects.toThrow(TypeError);
    expect(await told(site)).toEqual([
      ['done', null, 'made-1'],
      ['refused', 'request.conflict', null],
      ['failed', 'service.internal', null],
    ]);
    expect(await intents(site)).toBe(0);
  });

  it('leaves a trace when its process dies before it could say how it ended', async () => {
    const site = await world.createTenant();
    // The intent is the first statement; what would complete it is never sent.
    const dying = openAudit(
      world,
      mortalDatabase(world.database, (statement) => statement > 1),
    );
    expect(await dying.audit.around(site.tenant, act, () => Promise.resolve('done'))).toBe('done');
    expect(await told(site)).toEqual([]);
    await product.audit.tend(site.tenant, 0);
    expect(await entriesOf(site.sql)).toMatchObject([{ outcome: 'unknown', action: 'cli.tenant.suspend' }]);
  });

  it('A05: is not begun when it cannot be entered', async () => {
    const site = await world.createTenant();
    await owner.query(`alter table ${site.tenant.schema}.audit_intents rename to audit_intents_away`);
    let began = false;
    const work = () => Promise.resolve((began = true));
    await expect(product.audit.around(site.tenant, act, work)).rejects.toMatchObject({ status: 503 });
    expect(began).toBe(false);
  });
});
