import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHostResolver, findTenantBySlug, isServing, provisionTenant } from '../tenancy/index.ts';
import { findOpenInvitation } from '../identity/index.ts';
import { q } from '../kernel/database/builder.ts';
import { publicOrigin } from '../kernel/config.ts';
import { withOwner } from '../kernel/database/owner.ts';
import { must } from '../kernel/must.ts';
import { createRedis } from '../kernel/redis.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { runCli } from './run-cli.ts';

let world: TestWorld;
const before = { ...process.env };
const usedEnv = () => ({
  ...before,
  NODE_ENV: 'test',
  DATABASE_URL: world.config.DATABASE_URL,
  REDIS_URL: world.config.REDIS_URL,
  MASTER_KEY: world.config.MASTER_KEY,
  PUBLIC_ORIGIN_SCHEME: 'http',
  STRIPE_SECRET_KEY: 'sk_test',
  STRIPE_WEBHOOK_SECRET: 'whsec_test',
  DUFFEL_TOKEN: 'duffel_test',
  SMTP_URL: 'smtp://127.0.0.1:1',
});
beforeAll(async () => {
  world = await createTestWorld();
  Object.assign(process.env, usedEnv());
});
afterAll(async () => {
  process.env = before;
  await world?.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command as the shell would: its exit code, and what it printed where. */
async function portolan(...args: string[]) {
  const lines = { out: '', err: '' };
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => void (lines.out += `${String(text)}\n`));
  vi.spyOn(console, 'error').mockImplementation((text: unknown) => void (lines.err += `${String(text)}\n`));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((lines.err += String(text)), true));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((lines.out += String(text)), true));
  process.exitCode = undefined;
  await runCli(args);
  vi.restoreAllMocks();
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, ...lines };
}
const newSlug = () => `c${randomBytes(4).toString('hex')}`;
const create = (slug: string, over: Record<string, string> = {}, ...flags: string[]) =>
  portolan(
    'tenant',
    'create',
    ...Object.entries({
      '--slug': slug,
      '--name': 'Coral Travel',
      '--host': `${slug}.localhost`,
      '--admin-email': `owner@${slug}.test`,
      ...over,
    }).flat(),
    ...flags,
  );
const problemLines = (text: string) => text.split('\n').filter((line) => line.startsWith('✖'));
const exists = (slug: string) => findTenantBySlug(world.database.platform, slug);

describe('portolan tenant create', () => {
  it('makes a reseller that serves: schema, key, book, host, and one invitation', async () => {
    const slug = newSlug();
    const { code, out, err } = await create(slug, { '--theme': 'marea', '--locale': 'es' });
    expect([code, problemLines(err)]).toEqual([0, []]);
    expect(out).toContain(`http://${slug}.localhost`);
    expect(out).toContain(`owner@${slug}.test`);
    const tenant = (await exists(slug))!;
    expect(tenant).toMatchObject({ state: 'active', theme: 'marea', locale: 'es' });
    const sql = world.database.tenant(tenant);
    expect(await sql.all(q('signing_keys').select('kid'))).toHaveLength(2);
    expect(await sql.all(q('ledger_books').select('id'))).toHaveLength(1);
    expect(await findOpenInvitation(sql, `owner@${slug}.test`)).toMatchObject({ role: 'reseller_admin' });
    expect(await sql.all(q('invitations').select('id'))).toHaveLength(1);
  });

  it('prints JSON for programs, and nothing else', async () => {
    const slug = newSlug();
    const { code, out, err } = await create(slug, {}, '--json');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ slug, host: `${slug}.localhost`, state: 'active', resumed: false });
    const again = await create(slug, {}, '--json');
    expect([again.code, again.out]).toEqual([1, '']);
    expect(JSON.parse(again.err)).toMatchObject({ error: 'tenancy.slug_taken' });
  });

  it.each([
    ['a bad slug', { '--slug': 'Bad_Slug' }, /"Bad_Slug" is not a slug/],
    ['a host with a scheme', { '--host': 'https://coral.test' }, /is not a host name/],
    ['an unknown theme', { '--theme': 'nope' }, /There is no theme "nope"\. Installed: .*meridiano/],
    ['a bad address', { '--admin-email': 'nobody' }, /"nobody" is not an e-mail address/],
  ])('with %s is wrong usage: one line, exit code 2, nothing made', async (_, over, line) => {
    const slug = newSlug();
    const { code, out, err } = await create(slug, over);
    expect([code, out, err.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(err).toMatch(line);
    expect(await exists(slug)).toBeUndefined();
  });

  it('without a required option is wrong usage: one line, exit code 2', async () => {
    const { code, err } = await portolan('tenant', 'create', '--slug', 'coral');
    expect([code, err.trim().split('\n').length]).toEqual([2, 1]);
    expect(err).toContain('--name');
  });

  it('with a taken host or slug fails with one line, exit code 1, and makes nothing', async () => {
    const slug = newSlug();
    expect((await create(slug)).code).toBe(0);
    const other = newSlug();
    const host = await create(other, { '--host': `${slug}.localhost` });
    expect([host.code, problemLines(host.err)]).toEqual([
      1,
      [expect.stringContaining(`${slug}.localhost already names a site`)],
    ]);
    expect(await exists(other)).toBeUndefined();
    const taken = await create(slug, { '--host': `${other}.localhost` });
    expect([taken.code, problemLines(taken.err)]).toEqual([1, [expect.stringContaining('exists already')]]);
  });

  it('finishes what an earlier try left half-made', async () => {
    const slug = newSlug();
    const input = {
      slug,
      name: 'Coral Travel',
      host: `${slug}.localhost`,
      theme: 'meridiano',
      adminEmail: `owner@${slug}.test`,
    };
    const deps = {
      config: world.config,
      database: world.database,
      vault: world.vault,
      installedThemes: ['meridiano'],
      originOf: (hostname: string) => publicOrigin(world.config, hostname),
      seeders: [{ step: 'keys', run: () => Promise.reject(new Error('power cut')) }],
    };
    await expect(provisionTenant(deps, input)).rejects.toThrow('power cut');
    expect((await exists(slug))!.state).toBe('provisioning');
    expect(await world.database.platform.all(q('platform.domains').where({ hostname: input.host }))).toEqual([]);
    const { code, out } = await create(slug);
    expect(code).toBe(0);
    expect(out).toContain('is finished');
    const tenant = (await exists(slug))!;
    expect(tenant.state).toBe('active');
    const sql = world.database.tenant(tenant);
    expect(await sql.all(q('brands').select('hostname'))).toEqual([{ hostname: input.host }]);
    expect(await sql.all(q('signing_keys').select('kid'))).toHaveLength(2);
    expect(await sql.all(q('invitations').select('email'))).toHaveLength(1);
  });

  it('twice at once makes one reseller', async () => {
    const slug = newSlug();
    const input = { slug, name: 'Coral', host: `${slug}.localhost`, theme: 'meridiano' };
    const deps = {
      config: world.config,
      database: world.database,
      vault: world.vault,
      installedThemes: ['meridiano'],
      originOf: (hostname: string) => publicOrigin(world.config, hostname),
      seeders: [],
    };
    const results = await Promise.allSettled([provisionTenant(deps, input), provisionTenant(deps, input)]);
    expect(results.some((result) => result.status === 'fulfilled')).toBe(true);
    const tenant = (await exists(slug))!;
    expect(tenant.state).toBe('active');
    expect(await world.database.tenant(tenant).all(q('brands').select('id'))).toHaveLength(1);
  });
});

describe('portolan tenant suspend', () => {
  it('reaches the other processes within a second, and resume too', async () => {
    const { tenant, brand } = await world.createTenant();
    const subscriber = createRedis(world.config.REDIS_URL, { name: 'test-subscriber' });
    const hosts = createHostResolver({
      database: world.database,
      redis: world.redis,
      subscriber,
      originOf: (hostname) => publicOrigin(world.config, hostname),
    });
    const serves = async () => isServing((await hosts.resolve(brand.hostname))!.tenant.state);
    try {
      expect(await serves()).toBe(true);
      expect((await portolan('tenant', 'suspend', tenant.slug)).code).toBe(0);
      await vi.waitFor(async () => expect(await serves()).toBe(false), { timeout: 1000, interval: 20 });
      expect((await portolan('tenant', 'resume', tenant.slug)).code).toBe(0);
      await vi.waitFor(async () => expect(await serves()).toBe(true), { timeout: 1000, interval: 20 });
    } finally {
      subscriber.disconnect();
    }
  });

  it('of a tenant that does not exist is one line and exit code 1', async () => {
    const { code, err } = await portolan('tenant', 'suspend', 'nobody');
    expect([code, err.trim().split('\n')]).toEqual([1, [expect.stringContaining('There is no tenant "nobody"')]]);
  });
});

describe('portolan migrate', () => {
  it('finds everything up to date, and says which version each tenant has', async () => {
    const { tenant } = await world.createTenant();
    const up = await portolan('migrate', 'up', '--json');
    expect(up.code).toBe(0);
    expect((JSON.parse(up.out) as { failed: unknown[] }).failed).toEqual([]);
    const status = JSON.parse((await portolan('migrate', 'status', '--json')).out) as {
      newest: string;
      tenants: Array<{ slug: string; version: string }>;
    };
    expect(status.tenants).toContainEqual({ slug: tenant.slug, version: status.newest });
    expect((await portolan('migrate', 'status')).out).toContain('up to date');
  });
});

describe('portolan keys', () => {
  it('rotates the signing key of a tenant, says what it did, and does it once', async () => {
    const slug = newSlug();
    await create(slug);
    type Listed = Array<{ kid: string; state: string }>;
    const list = async () => JSON.parse((await portolan('keys', 'list', slug, '--json')).out) as Listed;
    const [current, next] = await list();
    const first = await portolan('keys', 'rotate', slug);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`✔ ${next!.kid} signs from now on`) });
    expect(first.out).toContain(`✔ ${current!.kid} signs no more`);
    expect((await list()).map(({ state }) => state)).toEqual(['current', 'next', 'previous']);
    const second = await portolan('keys', 'rotate', slug, '--json');
    expect(JSON.parse(second.out)).toMatchObject({ tenant: slug, rotated: false, acts: [], signing: next!.kid });
    expect((await portolan('keys', 'list', slug)).out).toMatch(/previous.*still accepted/);
    expect((await portolan('keys', 'rotate', 'nobody-here')).code).toBe(1);
    expect((await portolan('keys', 'rotate')).code).toBe(2);
  });
});

describe('portolan', () => {
  it('without DATABASE_URL ends with one line and exit code 78', () => {
    const env = { ...usedEnv(), DATABASE_URL: '' };
    const done = spawnSync(process.execPath, ['--import', 'tsx', 'server/cli/main.ts', 'tenant', 'list'], {
      env,
      encoding: 'utf8',
    });
    expect([done.status, done.stdout, done.stderr.trim().split('\n')]).toEqual([
      78,
      '',
      [expect.stringContaining('DATABASE_URL is missing')],
    ]);
  });

  it('lists and shows tenants, and verifies their books', async () => {
    const slug = newSlug();
    await create(slug);
    expect((await portolan('tenant', 'list')).out).toContain(slug);
    expect((await portolan('tenant', 'show', slug)).out).toContain(`${slug}.localhost (active)`);
    expect(await portolan('ledger', 'verify', slug)).toMatchObject({
      code: 0,
      out: expect.stringContaining('every book sums to zero'),
    });
  });
});

describe('portolan audit verify', () => {
  it('says that the log holds, prints its head, and knows what operators did', async () => {
    const slug = newSlug();
    await create(slug);
    await portolan('tenant', 'suspend', slug);
    await portolan('tenant', 'resume', slug);
    const told = await portolan('audit', 'verify', slug);
    expect(told).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^✔ 3 entries: .*\n {2}head {2}3:[0-9a-f]{64}\n$/) as string,
    });
    const { head } = JSON.parse((await portolan('audit', 'verify', slug, '--json')).out) as {
      head: { sequence: number; hash: string };
    };
    expect((await portolan('audit', 'verify', slug, '--head', `${head.sequence}:${head.hash}`)).code).toBe(0);
    expect((await portolan('audit', 'verify', slug, '--head', `3:${'0'.repeat(64)}`)).code).toBe(1);
    expect((await portolan('audit', 'verify', slug, '--head', 'yesterday')).code).toBe(2);
    const tenant = must(await findTenantBySlug(world.database.platform, slug), slug);
    const rows = await world.database
      .tenant(tenant)
      .all<{ action: string; body: string }>(q('audit_entries').orderBy('sequence'));
    expect(rows.map(({ action }) => action)).toEqual(['cli.tenant.create', 'cli.tenant.suspend', 'cli.tenant.resume']);
    expect(JSON.parse(rows[1]?.body ?? '')).toMatchObject({
      actor: { kind: 'operator', name: userInfo().username },
      details: { before: 'active', after: 'suspended' },
    });
  });

  it('fails and names the first entry that does not hold', async () => {
    const slug = newSlug();
    await create(slug);
    await portolan('tenant', 'suspend', slug);
    const { schema } = must(await findTenantBySlug(world.database.platform, slug), slug);
    await withOwner(world.config.DATABASE_URL, async (owner) => {
      await owner.query(`alter table ${schema}.audit_entries disable trigger user`);
      await owner.query(
        `update ${schema}.audit_entries set body = replace(body, '"after":"suspended"', '"after":"active"') where sequence = 2`,
      );
    });
    expect(await portolan('audit', 'verify', slug)).toMatchObject({
      code: 1,
      out: `✖ the audit log of ${slug} does not hold from entry 2 on: the entry was changed\n`,
    });
    expect(JSON.parse((await portolan('audit', 'verify', slug, '--json')).out)).toMatchObject({
      sound: false,
      brokenAt: 2,
    });
    expect((await portolan('audit', 'verify', 'nobody')).code).toBe(1);
  });
});
