import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorld, type TestWorld } from '../../testing/index.ts';
import { emitEvent } from '../outbox/emit.ts';
import { newId } from '../ids.ts';
import { q } from './builder.ts';
import { withOwner } from './owner.ts';
import type { TenantRef, TenantSql } from './sql.ts';

let world: TestWorld;
let a: Awaited<ReturnType<TestWorld['createTenant']>>;
let b: Awaited<ReturnType<TestWorld['createTenant']>>;

beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '1' });
  [a, b] = [await world.createTenant(), await world.createTenant()];
});
afterAll(() => world.close());

const whoAmI = (sql: TenantSql) =>
  sql.one<{ role: string; path: string }>(q.raw(`select current_user as role, current_setting('search_path') as path`));

describe('binding', () => {
  test('nothing gets a connection without naming a tenant', () => {
    expect(() => world.database.tenant(undefined as unknown as TenantRef)).toThrow(/tenant must be named/);
    expect(() => world.database.tenant({ ...a.tenant, schema: 'public' })).toThrow(/tenant must be named/);
    expect(() => world.database.withTenant({ ...a.tenant, schema: `${a.tenant.schema}; drop` }, async () => 1)).toThrow(
      /tenant must be named/,
    );
  });

  test("a read runs under the tenant's own role and schema", async () => {
    expect(await whoAmI(a.sql)).toEqual({ role: a.tenant.schema, path: `${a.tenant.schema}, pg_temp` });
    const [brand] = await a.sql.all<{ hostname: string; count: number }>(q('brands').select('hostname'));
    expect(brand?.hostname).toBe(a.brand.hostname);
  });

  test('the next borrower of the one connection is bound to its own tenant, after success, error and rollback', async () => {
    for (let round = 0; round < 5; round += 1) {
      await expect(a.sql.one(q.raw('select 1 / 0'))).rejects.toThrow('division by zero');
      expect((await whoAmI(b.sql))?.role).toBe(b.tenant.schema);
      await expect(world.database.withTenant(a.tenant, async () => Promise.reject(new Error('stop')))).rejects.toThrow(
        'stop',
      );
      expect((await whoAmI(b.sql))?.role).toBe(b.tenant.schema);
      await world.database.withTenant(b.tenant, async (sql) => expect((await whoAmI(sql))?.role).toBe(b.tenant.schema));
      expect((await whoAmI(a.sql))?.role).toBe(a.tenant.schema);
    }
  });

  test('a session that is refused the role is closed, and another one asks', async () => {
    const { tenant, sql } = await world.createTenant();
    const backend = async () => (await b.sql.one<{ pid: number }>(q.raw('select pg_backend_pid() as pid')))?.pid;
    const change = (statement: string) =>
      withOwner(world.config.DATABASE_URL, async (owner) => void (await owner.query(statement)));
    const before = await backend();
    await change(`revoke ${tenant.schema} from ${tenant.cell}`);
    await expect(whoAmI(sql)).rejects.toThrow('permission denied to set role');
    await expect(world.database.withTenant(tenant, whoAmI)).rejects.toThrow('permission denied to set role');
    expect(await backend()).not.toBe(before);
    await change(`grant ${tenant.schema} to ${tenant.cell}`);
    expect((await whoAmI(sql))?.role).toBe(tenant.schema);
  });

  test('a backend killed mid-transaction costs its own work only', async () => {
    await expect(
      world.database.withTenant(a.tenant, async (sql) => {
        await sql.run(q.raw('select pg_sleep(0)'));
        await sql.one(q.raw('select pg_terminate_backend(pg_backend_pid())'));
      }),
    ).rejects.toThrow();
    expect((await whoAmI(b.sql))?.role).toBe(b.tenant.schema);
  });

  test('1,000 interleaved requests of two tenants with random failures each see their own marker', async () => {
    const wide = await createTestWorld({ DATABASE_POOL_SIZE: '4' });
    const runs = Array.from({ length: 1000 }, async (_, index) => {
      const { tenant, brand } = index % 2 ? a : b;
      if (index % 7 === 0)
        await wide.database.withTenant(tenant, async (sql) => sql.one(q.raw('select 1/0'))).catch(() => undefined);
      const host =
        index % 3 === 0
          ? await wide.database.withTenant(tenant, (sql) =>
              sql.one<{ hostname: string }>(q('brands').select('hostname')),
            )
          : await wide.database.tenant(tenant).one<{ hostname: string }>(q('brands').select('hostname'));
      expect(host?.hostname).toBe(brand.hostname);
    });
    await Promise.all(runs);
    await wide.close();
  });
});

describe('isolation by PostgreSQL', () => {
  test('a tenant cannot read another schema, the control plane, or become another role', async () => {
    await expect(a.sql.one(q.raw(`select * from ${b.tenant.schema}.users`))).rejects.toThrow(
      /permission denied for schema/,
    );
    await expect(a.sql.one(q.raw('select * from platform.tenants'))).rejects.toThrow(/permission denied/);
    await expect(a.sql.one(q.raw('select * from platform.outbox'))).rejects.toThrow(/permission denied/);
    await expect(a.sql.run(q.raw('create table x (id int)'))).rejects.toThrow(/permission denied/);
  });

  test("the login role sees no row before it takes a tenant's role", async () => {
    const session = await world.database.lockSession();
    await expect(session.query(`select * from ${a.tenant.schema}.users`)).rejects.toThrow(/permission denied/);
    session.release();
  });

  test("a tenant emits events as itself and reads nobody's", async () => {
    const id = await emitEvent(a.sql, { kind: 'test.happened@1', payload: { ok: true } });
    const row = await world.database.platform.one<{ tenant_id: string }>(q('platform.outbox').where({ id }));
    expect(row?.tenant_id).toBe(a.tenant.id);
  });

  test('what is posted never changes', async () => {
    await expect(a.sql.run(q('ledger_transactions').delete())).rejects.toThrow(/permission denied/);
  });
});

describe('transactions', () => {
  test('a swallowed fault inside does not pass for a commit', async () => {
    const work = world.database.withTenant(a.tenant, async (sql) => {
      await sql.run(q('inbox').insert({ event_id: newId(), consumer: 'x' }));
      await sql.one(q.raw('select 1/0')).catch(() => undefined);
    });
    await expect(work).rejects.toThrow(/rolled back/);
  });

  test('bindings carry every kind of value', async () => {
    const row = await a.sql.one(
      q.raw(
        `select ?::text as text, ?::bigint as amount, ?::boolean as flag, ?::timestamptz as at, ?::jsonb as body, ?::text as nothing`,
        [
          "O'Brien \\ ünï",
          9007199254740991,
          true,
          new Date('2026-11-23T10:00:00Z'),
          JSON.stringify({ list: [1, 2] }),
          null,
        ],
      ),
    );
    expect(row).toEqual({
      text: "O'Brien \\ ünï",
      amount: 9007199254740991,
      flag: true,
      at: new Date('2026-11-23T10:00:00Z'),
      body: { list: [1, 2] },
      nothing: null,
    });
    await expect(a.sql.one(q.raw('select 9007199254740993::bigint as amount'))).rejects.toThrow(/safe integers/);
  });
});
