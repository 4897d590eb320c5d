import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abilityFor } from '../access/index.ts';
import { fixedClock } from '../kernel/clock.ts';
import { createApi, type Api } from '../kernel/http/api.ts';
import { anonymous, type Actor, type Role } from '../kernel/http/actor.ts';
import { noAudit } from '../kernel/http/audit.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { Method } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { AppError } from '../kernel/errors.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { createPricingFor } from '../pricing/index.ts';
import { createDuffelSandbox } from '../sandbox/duffel/index.ts';
import { createDuffelSuppliers } from '../suppliers/index.ts';
import { createTestWorld } from '../testing/index.ts';
import { createSearch } from './index.ts';
import { json, q } from '../kernel/database/builder.ts';

/** Answer of a route, or the problem it ended with. */
export interface Answer {
  status: number;
  // The wire is what a test looks at.
  body: Record<string, never> & { [key: string]: unknown };
}

export interface SearchWorldOptions {
  offerLifetimeMinutes?: number;
  timeouts?: { searchMs?: number; orderMs?: number; readMs?: number };
}

/**
 * Search over real PostgreSQL, Redis and the Duffel sandbox: a reseller (15 % markup), agency A (gold, 5.00 fixed) and its sub-agency
 * B (silver, 2 %) with brands of their own.
 */
export async function createSearchWorld(options: SearchWorldOptions = {}) {
  const world = await createTestWorld();
  const dataDir = mkdtempSync(join(tmpdir(), 'duffel-'));
  const clock = fixedClock(new Date());
  const sandbox = createDuffelSandbox({
    port: 0,
    dataDir,
    clock: () => clock.now(),
    ...(options.offerLifetimeMinutes ? { offerLifetimeMinutes: options.offerLifetimeMinutes } : {}),
  });
  await sandbox.start();
  // A token of its own a world: results are cached by account, and worlds must not share them.
  const token = `duffel_test_${newId()}`;
  const suppliers = createDuffelSuppliers({
    token,
    basePath: sandbox.url,
    redis: world.redis,
    clock,
    timeouts: options.timeouts,
  });
  const { pricingFor } = createPricingFor();
  const search = createSearch({ ...suppliers, pricingFor, redis: world.redis, clock });
  const api: Api = createApi(search.routes, { checkAnswers: true });
  const log = createLogger({ level: 'silent', role: 'test' });

  async function admin(method: string, path: string, body?: object): Promise<Record<string, never>> {
    const response = await fetch(`${sandbox.url}__sandbox/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Record<string, never>;
  }

  /** A reseller with agencies A and B, each with a brand. */
  async function createNetwork() {
    const { tenant, brand, sql } = await world.createTenant();
    const [a, b] = [newId(), newId()];
    const pathA = `/${a}/`;
    const pathB = `/${a}/${b}/`;
    await sql.run(
      q('agencies').insert([
        { id: a, path: pathA, depth: 1, name: 'Agency A', tier: 'gold' },
        { id: b, parent_id: a, path: pathB, depth: 2, name: 'Agency B', tier: 'silver' },
      ]),
    );
    const rule = (owner: string | null, value: object) => ({
      id: newId(),
      owner_agency_id: owner,
      name: 'Everything',
      value: json(value),
    });
    const rules = [
      rule(null, { kind: 'percent', basisPoints: 1500, of: 'total' }),
      rule(a, { kind: 'fixed', amountMinor: 500, per: 'booking' }),
      rule(b, { kind: 'percent', basisPoints: 200, of: 'total' }),
    ];
    await sql.run(q('markup_rules').insert(rules));
    const brandRow = (agencyId: string, name: string) => ({
      id: newId(),
      agency_id: agencyId,
      name,
      theme: 'meridiano',
      hostname: `${agencyId}.localhost`,
      sender_name: name,
      sender_email: 'x@example.test',
      currency: 'EUR',
    });
    const [brandA, brandB] = [brandRow(a, 'Brand A'), brandRow(b, 'Brand B')];
    await sql.run(q('brands').insert([brandA, brandB]));
    const asBrand = (row: { id: string; agency_id: string; name: string }) => ({
      ...brand,
      id: row.id,
      agencyId: row.agency_id,
      name: row.name,
    });
    const brands = { reseller: brand, a: asBrand(brandA), b: asBrand(brandB) };
    const paths = { reseller: '/', a: pathA, b: pathB };
    const ids = { reseller: null, a, b };

    function as(role: Role | null, level: keyof typeof brands): RequestContext {
      const actor: Actor =
        role === null
          ? anonymous
          : {
              kind: 'user',
              id: newId(),
              role,
              agencyId: role === 'customer' ? null : ids[level],
              agencyPath: paths[level],
              name: 'Test',
              email: null,
            };
      return {
        requestId: newId(),
        tenant: tenant,
        brand: brands[level],
        actor,
        ability: abilityFor(actor),
        sql,
        locale: 'en',
        ip: '127.0.0.1',
        log,
        audit: noAudit,
      };
    }
    return { tenant, sql, as, ids };
  }

  async function call(
    ctx: RequestContext,
    method: Method,
    path: string,
    input: { body?: unknown; query?: Record<string, string> } = {},
  ): Promise<Answer> {
    try {
      const { reply } = await api.invoke({ method, path, body: input.body, query: input.query ?? {}, context: ctx });
      return { status: reply.status, body: JSON.parse(JSON.stringify(reply.body)) as Answer['body'] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { status: error.status, body: JSON.parse(JSON.stringify(error.toProblem())) as Answer['body'] };
    }
  }

  return {
    ...world,
    clock,
    sandbox,
    suppliers,
    search,
    admin,
    createNetwork,
    call,
    /** How often an operation of the supplier was called. */
    async countCalls(operation: string): Promise<number> {
      const { operations } = (await admin('GET', 'requests')) as unknown as { operations: Record<string, number> };
      return operations[operation] ?? 0;
    },
    /** A day so many days from now. */
    day: (days: number): string => new Date(clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10),
    async close() {
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
      await world.close();
    },
  };
}

export type SearchWorld = Awaited<ReturnType<typeof createSearchWorld>>;
