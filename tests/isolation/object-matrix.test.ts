import pg from 'pg';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../server/kernel/ids.ts';
import type { Answer, SiteClient } from '../../server/testing/site-client.ts';
import { fill, type Operation } from './support/contract.ts';
import { findThings, SHARED, type Found } from './support/fixtures.ts';
import { changedTables, hashTables } from './support/schema-state.ts';
import { validBody } from './support/valid-body.ts';
import { createIsolationWorld, ROLES, type CallerName } from './support/world.ts';

// Opened while the file is read: the cases are the routes of the running product.
const world = await createIsolationWorld();
const { own, foreign, contract } = world;
const markers = await world.markersOf(foreign);
const operations = contract.operations.filter((operation) => operation.params.length > 0);
const ofATenant = operations.filter((operation) => !((operation.collection ?? '') in SHARED));

/** Rows a refusal may leave in the caller's own tenant. */
const BOOKKEEPING = ['idempotency_keys', 'audit_entries', 'audit_chain', 'audit_intents'];
const REFUSALS = [401, 403, 404];

const auditEntries = async (schema: string): Promise<number> => {
  const { rows } = await owner.query<{ n: number }>(
    `select count(*)::int as n from "${schema}".audit_entries where outcome in ('denied', 'refused')`,
  );
  return rows[0]?.n ?? 0;
};

const owner = new pg.Client({ connectionString: world.config.DATABASE_URL });
await owner.connect();
afterAll(async () => {
  await owner.end();
  await world.close();
});
beforeEach(() => world.forgetRates());

const known = new Map<string, Promise<Found>>();
/** The things of a tenant behind an operation, looked for once. */
function thingsOf(tenant: typeof own, operation: Operation): Promise<Found> {
  const slot = `${tenant.site.tenant.id} ${operation.collection}`;
  let found = known.get(slot);
  if (!found) known.set(slot, (found = findThings(contract, tenant, operation)));
  return found;
}

/** An id of the same form that names nothing. */
const unknownLike = (id: string): string =>
  /^[0-9a-f-]{36}/.test(id) ? id.replace(/^[0-9a-f-]{36}/, newId()) : `${id.slice(0, -2)}zz`;

/** Calls an operation on a thing as one caller, with everything a valid request carries. */
async function call(client: SiteClient, operation: Operation, id: string): Promise<Answer> {
  const answer = await send(client, operation, id);
  if (answer.status !== 429) return answer;
  await world.forgetRates();
  return send(client, operation, id);
}

/** A form with a file, for operations that take one. */
const A_FILE = [
  '--part',
  'content-disposition: form-data; name="file"; filename="paper.pdf"',
  'content-type: application/pdf',
  '',
  '%PDF-1.4\n%%EOF',
  '--part--',
  '',
].join('\r\n');

function send(client: SiteClient, operation: Operation, id: string): Promise<Answer> {
  const values = Object.fromEntries(
    operation.params.map((param, index) => {
      const schema = contract.resolve(param.schema);
      return [param.name, index === 0 ? id : String(schema.enum?.[0] ?? newId())];
    }),
  );
  const path = fill(operation.path, values);
  const form = operation.body?.type === 'multipart/form-data';
  const headers = { 'if-match': '"1"', ...(form ? { 'content-type': 'multipart/form-data; boundary=part' } : {}) };
  const body = form ? A_FILE : validBody(contract, operation);
  if (operation.method === 'get') return client.get(path, { headers });
  if (operation.method === 'delete') return client.delete(path, { headers });
  return client[operation.method](path, body, { headers });
}

/** What an answer tells, without what differs between two requests by nature. */
const told = (answer: Answer, id: string) => ({
  status: answer.status,
  headers: Object.keys(answer.headers)
    .filter((name) => !['idempotency-replayed', 'date'].includes(name))
    .sort(),
  text: answer.text.replaceAll(id, 'ID').replaceAll(/urn:request:[0-9a-f-]+/g, 'REQUEST'),
});

/** What each caller is told of a thing that never was; asked once for each operation and form of id. */
const refusals = new Map<string, Promise<ReturnType<typeof told>>>();
function toldOfUnknown(role: CallerName, operation: Operation, id: string): Promise<ReturnType<typeof told>> {
  const slot = `${role} ${operation.name} ${id.length}`;
  let answer = refusals.get(slot);
  if (!answer) {
    const unknown = unknownLike(id);
    answer = call(own.callers[role], operation, unknown).then((refusal) => told(refusal, unknown));
    refusals.set(slot, answer);
  }
  return answer;
}

/** Everything of an answer that could name the other tenant. */
const wholeOf = (answer: Answer): string => `${answer.text}\n${JSON.stringify(answer.headers)}`;

describe('the matrix', () => {
  it('covers every route with a parameter', () => {
    expect(ofATenant.length).toBeGreaterThan(20);
    for (const [collection, why] of Object.entries(SHARED)) {
      expect([collection, operations.some((operation) => operation.collection === collection)]).toEqual([
        collection,
        true,
      ]);
      expect(why).toMatch(/\S+ \S+/);
    }
  });

  it('finds things of both tenants behind every such route', async () => {
    for (const operation of ofATenant) {
      const [ours, theirs] = [await thingsOf(own, operation), await thingsOf(foreign, operation)];
      expect([operation.name, ours.ids.length > 0, theirs.ids.length > 0]).toEqual([operation.name, true, true]);
      expect(ours.ids.filter((id) => theirs.ids.includes(id))).toEqual([]);
    }
  });
});

describe.each(ofATenant.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  it('I29 answers for a thing of the other tenant as for one that never was, and touches nothing of it', async () => {
    const theirs = (await thingsOf(foreign, operation)).ids.slice(0, 1);
    const { schema } = foreign.site.tenant;
    const before = await hashTables(owner, schema);
    world.logs.length = 0;
    for (const id of theirs) {
      for (const role of ROLES) {
        const answer = await call(own.callers[role], operation, id);
        expect([role, told(answer, id)]).toEqual([role, await toldOfUnknown(role, operation, id)]);
        expect([role, answer.status, REFUSALS.includes(answer.status)]).toEqual([role, answer.status, true]);
        if (role === 'reseller admin') expect(nameMissing(answer)).toBe('');
        expect([role, markers.foundIn(wholeOf(answer), id)]).toEqual([role, []]);
      }
    }
    const after = await hashTables(owner, schema);
    expect(changedTables(before, after)).toEqual([]);
    expect(world.logs.filter((line) => markers.foundIn(line, theirs.join(' ')).length > 0)).toEqual([]);
  });

  it('I33 answers for a thing of the own tenant that the caller does not list as for one that never was', async () => {
    const ours = await thingsOf(own, operation);
    if (!ours.isListed) return;
    const { schema } = own.site.tenant;
    const before = await hashTables(owner, schema, BOOKKEEPING);
    const entriesBefore = await auditEntries(schema);
    let refused = 0;
    for (const role of ROLES) {
      const hidden = ours.ids.filter((id) => !ours.seenBy[role]?.has(id));
      // The first and the last: of another customer or agency, of another level.
      for (const id of new Set([...hidden.slice(0, 1), ...hidden.slice(-1)])) {
        const answer = await call(own.callers[role], operation, id);
        expect([role, id, told(answer, id)]).toEqual([role, id, await toldOfUnknown(role, operation, id)]);
        expect([role, id, REFUSALS.includes(answer.status)]).toEqual([role, id, true]);
        refused += 1;
      }
    }
    const after = await hashTables(owner, schema, BOOKKEEPING);
    expect(changedTables(before, after)).toEqual([]);
    // Whoever tried to change something is on record.
    if (operation.method !== 'get')
      expect((await auditEntries(schema)) - entriesBefore).toBeGreaterThanOrEqual(refused);
  });

  /** Why the reseller's admin, who may do everything in its own tenant, got no plain 404: then the case proved nothing. */
  function nameMissing(answer: Answer): string {
    if (answer.status === 404) return '';
    return (
      `${operation.name} refused the reseller's admin with ${answer.status} (${answer.text.slice(0, 300)}) before it looked for the ` +
      'thing: complete the generated request in tests/isolation/support/valid-body.ts'
    );
  }
});

describe('what a list shows', () => {
  const details = ofATenant.filter(
    (operation) => operation.method === 'get' && operation.params.length === 1 && operation.path.endsWith('}'),
  );
  it.each(details.map((operation) => [operation.name, operation] as const))('opens: %s', async (_, operation) => {
    const { seenBy, isListed } = await thingsOf(own, operation);
    if (!isListed) return;
    let opened = 0;
    for (const role of ROLES) {
      for (const id of [...(seenBy[role] ?? [])].slice(0, 3)) {
        expect([role, id, (await call(own.callers[role], operation, id)).status]).toEqual([role, id, 200]);
        opened += 1;
      }
    }
    expect(opened).toBeGreaterThan(0);
  });
});
