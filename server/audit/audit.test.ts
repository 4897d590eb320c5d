import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { Forbidden } from '../kernel/errors.ts';
import { anonymous } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { mortalDatabase } from '../testing/mortal-database.ts';
import { adminActor, entriesOf, openAudit, type Site } from './testing.ts';

let world: TestWorld;
let product: ReturnType<typeof openAudit>;
let owner: pg.Client;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '16' });
  product = openAudit(world);
  owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.close();
});

const admin = adminActor();
const post = (site: Site, path: string, actor = admin) => product.call(site, actor, { method: 'post', path });
const outcomes = async (site: Site) => (await entriesOf(site.sql)).map(({ outcome }) => outcome);
const intents = async (site: Site) => (await site.sql.all(q('audit_intents'))).length;

/** As the owner of everything, with the triggers off: what an administrator of the database could do. */
async function tamper(site: Site, ...statements: string[]): Promise<void> {
  await owner.query(`set search_path = ${site.tenant.schema}`);
  await owner.query('alter table audit_entries disable trigger user');
  for (const statement of statements) await owner.query(statement);
  await owner.query('alter table audit_entries enable trigger user');
}

async function siteWithEntries(count: number): Promise<Site> {
  const site = await world.createTenant();
  for (let at = 0; at < count; at += 1) await post(site, '/done');
  return site;
}

describe('every request that changes something leaves one entry', () => {
  it.each([
    ['/done', 200, 'done', null],
    ['/conflict', 409, 'refused', 'request.conflict'],
    ['/foreign', 404, 'denied', 'request.not_found'],
    ['/broken', 500, 'failed', 'service.internal'],
  ])('A04: POST %s answers %i and is %s', async (path, status, outcome, problem) => {
    const site = await world.createTenant();
    expect(await post(site, path)).toBe(status);
    const [entry, ...more] = await entriesOf(site.sql);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      action: `POST ${path}`,
      verb: 'update',
      outcome,
      status,
      problem,
      actor: { kind: 'user', id: admin.id, name: 'Ana Ruiz', role: 'reseller_admin', agencyPath: '/' },
      origin: { ip: '203.0.113.9', host: site.brand.hostname },
      subject: { type: 'Agency' },
    });
    expect(await intents(site)).toBe(0);
  });

  it('A04: what is turned away at the door is denied or refused, and never begun', async () => {
    const site = await world.createTenant();
    const before = product.handled();
    expect(await post(site, '/done', adminActor({ role: 'customer' }))).toBe(403);
    expect(await post(site, '/done', anonymous)).toBe(401);
    const path = `/things/${newId()}`;
    expect(await product.call(site, admin, { method: 'put', path, body: { name: 'x'.repeat(50) } })).toBe(400);
    const check = () => {
      throw Forbidden({ action: 'forge', subject: 'Request' });
    };
    expect(await product.call(site, admin, { method: 'post', path: '/done', check })).toBe(403);
    expect(await outcomes(site)).toEqual(['denied', 'denied', 'refused', 'denied']);
    expect(product.handled()).toBe(before);
  });

  it('reads leave nothing, except those that are asked to, and those that a signed-in actor may not see', async () => {
    const site = await world.createTenant();
    const read = (path: string, actor = admin) => product.call(site, actor, { method: 'get', path });
    expect(await read('/read/mine')).toBe(200);
    expect(await post(site, '/ask')).toBe(200);
    expect(await read('/read/other', anonymous)).toBe(401);
    expect(await outcomes(site)).toEqual([]);
    expect(await read('/read/other')).toBe(404);
    expect(await read('/read/mine', adminActor({ role: 'customer' }))).toBe(403);
    expect(await read('/export')).toBe(200);
    expect(await outcomes(site)).toEqual(['denied', 'denied', 'done']);
  });

  it('a repeated idempotent request is replayed, not done twice', async () => {
    const site = await world.createTenant();
    const headers = { 'idempotency-key': 'the-same-key' };
    for (let at = 0; at < 2; at += 1) await product.call(site, admin, { method: 'post', path: '/once', headers });
    expect(await outcomes(site)).toEqual(['done', 'replayed']);
  });

  it('says what changed, masks persons, keeps no secret, and takes no name of a field from strangers', async () => {
    const site = await world.createTenant();
    const id = newId();
    const body = { name: 'Sol', email: 'canary.person@mail.test', password: 'canary-password' };
    await product.call(site, admin, { method: 'put', path: `/things/${id}`, body });
    await product.call(site, admin, { method: 'put', path: `/things/${id}`, body: { 'canary-field': 1, name: 'Sol' } });
    const [entry, refused] = await entriesOf(site.sql);
    expect(entry).toMatchObject({
      subject: { type: 'Agency', id, label: 'Agency Sol' },
      changes: {
        tier: { from: 'bronze', to: 'gold' },
        email: { from: 'o•••@sol.test', to: 'c•••@mail.test' },
        password: { from: '[secret]', to: '[secret]' },
        'credit.limit': { from: 5, to: 7 },
      },
      details: { reason: 'asked by telephone', fields: '["name","email","password"]' },
    });
    expect(refused).toMatchObject({ outcome: 'refused', details: { fields: '["name"]' } });
    expect(`${entry?.text}${refused?.text}`).not.toContain('canary');
  });

  it('keeps who really acted beside whom they acted as', async () => {
    const site = await world.createTenant();
    const actingParty = { kind: 'operator' as const, id: null, name: 'Olga', reason: 'ticket 4711', until: new Date() };
    await post(site, '/done', adminActor({ role: 'agency_admin', name: 'Bea', agencyPath: '/a/', actingParty }));
    expect((await entriesOf(site.sql))[0]).toMatchObject({
      actor: { name: 'Bea', agencyPath: '/a/' },
      actingParty: { kind: 'operator', name: 'Olga', reason: 'ticket 4711' },
    });
  });

  it('I76: control characters, escape sequences and directions of reading do not get into an entry', async () => {
    const site = await world.createTenant();
    const name = 'Ana\r\nBcc: x@y.test\u001b[31m\u0000\u202egnp\ud800';
    await post(site, '/done', adminActor({ name }));
    const [entry] = await entriesOf(site.sql);
    expect(entry?.actor.name).toBe('Ana Bcc: x•••@y.test [31m gnp\ufffd');
    expect((await product.audit.verify(site.tenant)).brokenAt).toBeUndefined();
  });
});

describe('a log that cannot be written, and one that was not finished', () => {
  it('A05: what cannot be entered is refused with 503 and not carried out', async () => {
    const site = await world.createTenant();
    await owner.query(`alter table ${site.tenant.schema}.audit_intents rename to audit_intents_away`);
    const before = product.handled();
    expect(await post(site, '/done')).toBe(503);
    expect(product.handled()).toBe(before);
    await owner.query(`alter table ${site.tenant.schema}.audit_intents_away rename to audit_intents`);
    expect(await post(site, '/done')).toBe(200);
  });

  it('a process killed between intent and record leaves an entry that says unknown', async () => {
    const site = await world.createTenant();
    // The intent is the first statement; what would complete it is never sent.
    const dying = openAudit(
      world,
      mortalDatabase(world.database, (statement) => statement > 1),
    );
    await dying.call(site, admin, { method: 'post', path: '/done' });
    expect(await outcomes(site)).toEqual([]);
    expect(await intents(site)).toBe(1);
    await product.audit.tend(site.tenant);
    expect(await intents(site)).toBe(1);
    await product.audit.tend(site.tenant, 0);
    await product.audit.tend(site.tenant, 0);
    expect(await entriesOf(site.sql)).toMatchObject([
      { outcome: 'unknown', action: 'POST /done', actor: { id: admin.id } },
    ]);
    expect((await entriesOf(site.sql))[0]).toHaveProperty('startedAt');
    expect(await intents(site)).toBe(0);
    expect(await product.audit.verify(site.tenant)).toMatchObject({ entries: 1, anchoredUpTo: 1 });
  });

  it('a record whose intent was swept meanwhile is appended all the same', async () => {
    const site = await world.createTenant();
    const attempt = {
      context: product.contextOf(site, admin),
      route: { method: 'post', path: '/slow', can: ['update', 'Agency'], tag: 'test' } as const,
      params: {},
      fields: [],
      userAgent: null,
    };
    const intent = await product.audit.trail.begin(attempt);
    await product.audit.tend(site.tenant, 0);
    const result = { outcome: 'done' as const, status: 200, problem: null, notes: [], answerId: null };
    await product.audit.trail.complete(intent, attempt, result);
    expect(await outcomes(site)).toEqual(['unknown', 'done']);
  });
});

describe('a chain that nobody can change unseen', () => {
  it('A03: 100 writers at once do not fork it', async () => {
    const site = await world.createTenant();
    await Promise.all(Array.from({ length: 100 }, () => post(site, '/done')));
    const sequences = (await entriesOf(site.sql)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    const verified = await product.audit.verify(site.tenant);
    expect(verified).toMatchObject({ entries: 100, head: { sequence: 100 } });
    expect(verified.brokenAt).toBeUndefined();
  });

  it("the tenant's own role can neither change, remove, empty nor write it by hand", async () => {
    const site = await siteWithEntries(1);
    for (const statement of [
      `update audit_entries set hash = 'x'`,
      'delete from audit_entries',
      'truncate audit_entries',
      `insert into audit_entries (sequence, occurred_at, body, previous_hash, hash) values (2, now(), '{}', '', '')`,
      `update audit_chain set sequence = 0`,
      `delete from audit_intents`,
      'drop function append_audit(text)',
    ])
      await expect(site.sql.run(q.raw(statement)), statement).rejects.toMatchObject({ code: '42501' });
  });

  it('not even the owner can by mistake', async () => {
    const site = await siteWithEntries(1);
    for (const statement of ['delete from', 'truncate'])
      await expect(owner.query(`${statement} ${site.tenant.schema}.audit_entries`)).rejects.toMatchObject({
        code: '23514',
      });
    await product.audit.tend(site.tenant);
    for (const statement of ['delete from platform.audit_anchors', 'update platform.audit_anchors set sequence = 1'])
      await expect(owner.query(`${statement} where tenant_id = $1`, [site.tenant.id])).rejects.toMatchObject({
        code: '23514',
      });
  });

  const replaced = `replace(body, '"done"', '"denied"')`;
  it.each([
    ['a changed entry', 3, [`update audit_entries set body = ${replaced} where sequence = 3`]],
    [
      'a changed time',
      4,
      [`update audit_entries set occurred_at = occurred_at + interval '1 microsecond' where sequence = 4`],
    ],
    ['a removed entry', 2, ['delete from audit_entries where sequence = 2']],
    ['a removed last entry', 5, ['delete from audit_entries where sequence = 5']],
    [
      'a removed end, hidden in the chain row',
      4,
      [
        'delete from audit_entries where sequence >= 4',
        'update audit_chain set sequence = 3, hash = (select hash from audit_entries where sequence = 3)',
      ],
    ],
    [
      'an end that was set back',
      4,
      ['update audit_chain set sequence = 3, hash = (select hash from audit_entries where sequence = 3)'],
    ],
    [
      'two entries that changed places',
      2,
      [
        'update audit_entries set sequence = 100 where sequence = 2',
        'update audit_entries set sequence = 2 where sequence = 3',
        'update audit_entries set sequence = 3 where sequence = 100',
      ],
    ],
    [
      'an entry put in',
      3,
      [
        'update audit_entries set sequence = sequence + 100 where sequence >= 3',
        'update audit_entries set sequence = sequence - 99 where sequence >= 103',
        `insert into audit_entries (sequence, occurred_at, body, previous_hash, hash)
       select 3, occurred_at, body, hash, hash from audit_entries where sequence = 2`,
      ],
    ],
    ['an emptied log', 1, ['truncate audit_entries', `update audit_chain set sequence = 0, hash = repeat('0', 64)`]],
  ])('A01: %s is found, and where: entry %i', async (_what, brokenAt, statements) => {
    const site = await siteWithEntries(5);
    await product.audit.tend(site.tenant);
    expect((await product.audit.verify(site.tenant)).brokenAt).toBeUndefined();
    await tamper(site, ...statements);
    expect(await product.audit.verify(site.tenant)).toMatchObject({ brokenAt, entries: brokenAt - 1 });
  });

  it('A02: a chain rewritten from the second entry on holds in itself and differs from its anchor', async () => {
    const site = await siteWithEntries(5);
    await product.audit.tend(site.tenant);
    const { head } = await product.audit.verify(site.tenant);
    const bodies = (await entriesOf(site.sql)).map(({ text }) => text);
    await tamper(site, 'truncate audit_entries', `update audit_chain set sequence = 0, hash = repeat('0', 64)`);
    for (const [at, body] of bodies.entries())
      await owner.query('select append_audit($1)', [at === 0 ? body : body.replace('Ana Ruiz', 'Eve Rojo')]);
    const verified = await product.audit.verify(site.tenant);
    expect(verified).toMatchObject({ brokenAt: 1, reason: 'entry 5 is not the one that was anchored' });
    // Without the anchors too: an end that was kept outside still tells.
    await owner.query('alter table platform.audit_anchors disable trigger user');
    await owner.query('delete from platform.audit_anchors where tenant_id = $1', [site.tenant.id]);
    await owner.query('alter table platform.audit_anchors enable trigger user');
    expect((await product.audit.verify(site.tenant)).brokenAt).toBeUndefined();
    expect(await product.audit.verify(site.tenant, head)).toMatchObject({ brokenAt: 1 });
  });

  it('A02: an anchor forged to fit a rewritten chain is not signed', async () => {
    const site = await siteWithEntries(2);
    await product.audit.tend(site.tenant);
    await tamper(
      site,
      `update platform.audit_anchors set sequence = 3, hash = 'x' where tenant_id = '${site.tenant.id}'`,
    );
    await post(site, '/done');
    const { hash } = (await product.audit.verify(site.tenant)).head;
    await owner.query('alter table platform.audit_anchors disable trigger user');
    await owner.query('update platform.audit_anchors set hash = $2 where tenant_id = $1', [site.tenant.id, hash]);
    await owner.query('alter table platform.audit_anchors enable trigger user');
    expect((await product.audit.verify(site.tenant)).reason).toContain('is not signed');
  });

  it('goes on after many batches, and knows how far it is anchored', async () => {
    const site = await world.createTenant();
    await owner.query(`set search_path = ${site.tenant.schema}`);
    await owner.query(`select append_audit('{"action":"x","outcome":"done"}') from generate_series(1, 2500)`);
    await product.audit.tend(site.tenant);
    await post(site, '/done');
    expect(await product.audit.verify(site.tenant)).toMatchObject({ entries: 2501, anchoredUpTo: 2500 });
    await tamper(site, `update audit_entries set body = body || ' ' where sequence = 2001`);
    expect(await product.audit.verify(site.tenant)).toMatchObject({ brokenAt: 2001 });
  });
});
