import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../../server/kernel/database/database.ts';
import { q } from '../../../server/kernel/database/builder.ts';
import { must } from '../../../server/kernel/must.ts';
import type { TenantRef } from '../../../server/kernel/database/sql.ts';
import { migrateFleet } from '../../../server/tenancy/index.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { clientFor, fetchToken, made, type IsolationWorld, type TestTenant } from '../support/world.ts';

interface Marked {
  tenant: TenantRef;
  hostname: string;
}

/**
 * Interleaves reads and transactions of tenants on one pool; of every ten one throws in JavaScript, one fails in SQL, and now and then a
 * backend is killed. Answers how many rows were not the asker's.
 */
async function interleave(
  database: Database,
  tenants: readonly Marked[],
  rounds: number,
): Promise<{ answered: number; foreign: string[] }> {
  const foreign: string[] = [];
  let answered = 0;
  const marker = q('brands')
    .whereNull('agency_id')
    .select('hostname', q.raw(`current_user as role, current_setting('search_path') as path`));
  const one = async (at: number): Promise<void> => {
    const asked = must(tenants[at % tenants.length], 'a tenant');
    const { tenant } = asked;
    if (at % 10 === 3)
      return void (await database.withTenant(tenant, () => Promise.reject(new Error('stop'))).catch(() => undefined));
    if (at % 10 === 7)
      return void (await database.withTenant(tenant, (sql) => sql.one(q.raw('select 1 / 0'))).catch(() => undefined));
    if (at % 250 === 11)
      return void (await database
        .withTenant(tenant, (sql) => sql.one(q.raw('select pg_terminate_backend(pg_backend_pid())')))
        .catch(() => undefined));
    const read =
      at % 3 === 0 ? database.withTenant(tenant, (sql) => sql.one(marker)) : database.tenant(tenant).one(marker);
    const row = (await read) as { hostname: string; role: string; path: string } | undefined;
    answered += 1;
    const own =
      row?.hostname === asked.hostname && row.role === tenant.schema && row.path === `${tenant.schema}, pg_temp`;
    if (!own) foreign.push(`${asked.hostname} got ${JSON.stringify(row)}`);
  };
  // So many at a time: with all of them at once, the last would wait for the connection longer than it may.
  for (let start = 0; start < rounds; start += 100)
    await Promise.all(Array.from({ length: 100 }, (_, offset) => one(start + offset)));
  return { answered, foreign };
}

/** I42–I48: PostgreSQL between tenants, and the pool before it. */
export function databaseCases(world: IsolationWorld): void {
  const { own, foreign } = world;
  const marked = (tenant: TestTenant): Marked => ({ tenant: tenant.site.tenant, hostname: tenant.site.hosts.reseller });
  const inOwn = (statement: string) =>
    world.infra.database.withTenant(own.site.tenant, (sql) => sql.all(q.raw(statement.replaceAll('?', '\\?'))));

  describe('PostgreSQL', () => {
    it.each([
      'b","public',
      'pg_catalog',
      'a";drop schema b;--',
      'A',
      'a'.repeat(64),
      '1a',
      '',
      'a b',
      "a'",
      'a_b',
      'ä',
    ])('I42 the slug %j makes no tenant', async (slug) => {
      const making = world.modules.provision({ slug, name: 'X', host: 'slug.localhost', theme: 'meridiano' });
      await expect(making).rejects.toMatchObject({ code: 'tenancy.slug_invalid' });
    });

    it('I42 schemas and roles are named by chance, not by the slug', () => {
      for (const { site } of [own, foreign]) {
        expect(site.tenant.schema).toMatch(/^t_[a-z2-7]{16}$/);
        expect(site.tenant.schema).not.toContain(site.tenant.slug);
      }
    });

    it('I43 on one connection, 1,000 interleaved requests with failures each get their own rows', async () => {
      const database = createDatabase({ ...world.config, DATABASE_POOL_SIZE: 1 });
      try {
        const { answered, foreign: wrong } = await interleave(database, [marked(own), marked(foreign)], 1000);
        expect(wrong).toEqual([]);
        expect(answered).toBeGreaterThan(700);
      } finally {
        await database.close();
      }
    });

    it.each([
      'select * from platform.tenants',
      'select * from platform.outbox',
      'select * from platform.domains',
      'set role postgres',
      'set session authorization postgres',
      `select pg_read_file('/etc/passwd')`,
      `select pg_ls_dir('/')`,
      `copy (select 1) to program 'id'`,
      `copy users from '/etc/passwd'`,
      `select lo_import('/etc/passwd')`,
      'create schema x',
      'create table x (id int)',
      'create temporary table x (id int)',
      'create extension dblink',
      `create function f() returns int language sql as 'select 1'`,
      'alter table users add column x int',
      'drop table users',
      'truncate users',
      'delete from ledger_entries',
      'update invoices set number = number',
      'create role x superuser',
      `set log_statement = 'none'`,
      'select * from pg_authid',
      "load 'x'",
    ])('I44 a tenant’s role may not: %s', async (statement) => {
      await expect(inOwn(statement)).rejects.toThrow(
        /permission denied|must be|no function|does not exist|not permitted|not allowed/i,
      );
    });

    it('I44 nor read or write a table of the other tenant', async () => {
      const { schema } = foreign.site.tenant;
      for (const table of ['users', 'bookings', 'brands', 'ledger_entries', 'api_clients', 'signing_keys']) {
        await expect(inOwn(`select * from ${schema}.${table}`)).rejects.toThrow(/permission denied/);
        await expect(inOwn(`delete from ${schema}.${table}`)).rejects.toThrow(/permission denied/);
      }
    });

    it('I45 a tenant whose migration fails stops nobody else, and the next run mends it', async () => {
      const owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
      await owner.connect();
      const { id, slug } = own.site.tenant;
      try {
        // As if nothing of it were written down: its first migration cannot be made a second time.
        const { rows } = await owner.query<{ version: string }>(
          'delete from platform.tenant_migrations where tenant_id = $1 returning version',
          [id],
        );
        const result = await migrateFleet(world.config);
        expect(result.failed.map((failure) => failure.slug)).toEqual([slug]);
        for (const tenant of [own, foreign])
          expect((await tenant.callers['reseller admin'].get('/brands')).status).toBe(200);
        await owner.query('insert into platform.tenant_migrations (tenant_id, version) select $1, unnest($2::text[])', [
          id,
          rows.map((row) => row.version),
        ]);
        expect((await migrateFleet(world.config)).failed).toEqual([]);
      } finally {
        await owner.end();
      }
    });

    it('I46 nobody may create in public, and no function runs as its owner with the caller’s search_path', async () => {
      const owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
      await owner.connect();
      try {
        const { rows: roles } = await owner.query<{ rolname: string }>(
          `select rolname from pg_roles where (rolname = any($1) or rolname like '%\\_platform') and has_schema_privilege(rolname, 'public', 'CREATE')
           and not rolsuper`,
          [[own.site.tenant.schema, own.site.tenant.cell]],
        );
        expect(roles).toEqual([]);
        const { rows: functions } = await owner.query<{ proname: string }>(
          `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
             and not coalesce(array_to_string(p.proconfig, ','), '') like '%search_path%'`,
        );
        expect(functions).toEqual([]);
        const { rows: logins } = await owner.query<{ rolname: string }>(
          `select rolname from pg_roles where rolname = any($1) and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolinherit and rolcanlogin)`,
          [[own.site.tenant.schema, own.site.tenant.cell]],
        );
        expect(logins).toEqual([]);
      } finally {
        await owner.end();
      }
    });

    it('I47 the same work of two tenants at once: each has its own lock, its own numbers without a gap', async () => {
      const { locks } = world.infra;
      const name = (tenant: TestTenant) => `nightly:${tenant.site.tenant.id}`;
      const inner = await locks.tryWith(name(own), async () => [
        await locks.tryWith(name(foreign), async () => 'ran'),
        await locks.tryWith(name(own), async () => 'ran'),
      ]);
      expect(inner).toEqual(['ran', 'busy']);
      for (const tenant of [own, foreign]) {
        const rows = await tenant.site.sql.all<{ full_number: string }>(
          q('invoices').select('full_number').orderBy('full_number'),
        );
        const series = [...new Set(rows.map((row) => row.full_number.replace(/\d+$/, '')))];
        expect(series.length).toBeGreaterThan(0);
        for (const name of series) {
          const numbers = rows
            .filter((row) => row.full_number.startsWith(name))
            .map((row) => Number(row.full_number.slice(name.length)));
          expect([name, numbers]).toEqual([name, numbers.map((_, at) => at + 1)]);
        }
      }
    });

    it('I48 behind PgBouncer in transaction mode the same holds', async (context) => {
      const bouncer = await startPgBouncer(world.config, [own.site.tenant.cell]);
      if (!bouncer) return context.skip('PgBouncer is not installed: apt-get install pgbouncer');
      const database = createDatabase({ ...world.config, DATABASE_URL: bouncer.url, DATABASE_POOL_SIZE: 8 });
      try {
        const { answered, foreign: wrong } = await interleave(database, [marked(own), marked(foreign)], 1000);
        expect(wrong).toEqual([]);
        expect(answered).toBeGreaterThan(700);
      } finally {
        await database.close();
        await bouncer.stop();
      }
    });
  });

  describe('twenty tenants on a pool of four', () => {
    it('I43 1,000 interleaved requests over HTTP, a fifth of them failing: each answer holds its own tenant’s marker only', async () => {
      const tenants = await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const slug = `${own.site.tenant.slug}-n${at}`;
          const { tenant } = await world.modules.provision({
            slug,
            name: `Reseller ${slug}`,
            host: `${slug}.localhost`,
            theme: 'meridiano',
          });
          const vault = world.infra.vault.forTenant(tenant.id, tenant.wrappedDataKey);
          const sql = world.infra.database.tenant(tenant);
          const client = await world.modules.identity.createApiClient(sql, vault, {
            name: 'N',
            role: 'reseller_admin',
            agencyId: null,
            createdBy: null,
          });
          const site = clientFor(world, `${slug}.localhost`);
          const caller = { authorization: `Bearer ${await fetchToken({ guest: () => site }, client)}` };
          return { tenant, hostname: `${slug}.localhost`, client: clientFor(world, `${slug}.localhost`, caller) };
        }),
      );
      const wrong: string[] = [];
      let own200 = 0;
      const ask = async (at: number): Promise<void> => {
        const { tenant, hostname, client } = must(tenants[(at * 7) % tenants.length], 'a tenant');
        if (at % 10 === 1) return void (await client.get('/agencies/01890000-0000-7000-8000-000000000000'));
        if (at % 10 === 4) return void (await client.post('/agencies', { name: 1 }));
        if (at % 10 === 8)
          return void (await world.infra.database
            .withTenant(tenant, (sql) => sql.one(q.raw('select 1 / 0')))
            .catch(() => undefined));
        const answer = await client.get('/brands');
        const hosts = ((answer.body.data ?? []) as Array<{ hostname: string }>).map((brand) => brand.hostname);
        own200 += answer.status === 200 ? 1 : 0;
        if (answer.status !== 200 || hosts.length !== 1 || hosts[0] !== hostname)
          wrong.push(`${hostname}: ${answer.status} ${hosts.join()}`);
      };
      for (let start = 0; start < 1000; start += 50)
        await Promise.all(Array.from({ length: 50 }, (_, offset) => ask(start + offset)));
      expect(wrong).toEqual([]);
      expect(own200).toBe(700);
      made(await own.callers['reseller admin'].get('/brands'));
    });
  });
}
