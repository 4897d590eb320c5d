import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../server/identity/testing.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { newId } from '../../server/kernel/ids.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';

let world: PlatformWorld;
let site: TestSite;
let admin: SiteClient;
let agent: SiteClient;
let customer: SiteClient;
beforeAll(async () => {
  world = await createPlatformWorld({ resellers: 1 });
  site = world.first;
  admin = (await site.signIn('admin', 'reseller')).client;
  agent = (await site.signIn('agent', 'a')).client;
  customer = (await site.signIn('customer', 'b')).client;
});
afterAll(() => world.close());

interface Row {
  sequence: number;
  action: string;
  outcome: string;
  body: string;
}
const entriesOf = (requestId: string) =>
  site.sql.all<Row>(q('audit_entries').where({ request_id: requestId }).orderBy('sequence'));
const newest = async () => (await site.sql.one<{ n: number }>(q('audit_chain').select('sequence as n')))?.n ?? 0;
const since = (sequence: number) =>
  site.sql.all<Row>(q('audit_entries').where('sequence', '>', sequence).orderBy('sequence'));

/** POSTs that only ask: declared with `audit: 'none'`. */
const QUESTIONS = [
  'POST /flights/searches',
  'POST /hotels/searches',
  'POST /markup-rules/check',
  'POST /markup-rules/preview',
  'POST /offers/:id/preview',
  'POST /promo-codes/check',
];

/** Every operation of the API description, as method and path below `/api/v1`. */
function operations(): { method: 'get' | 'post' | 'put' | 'patch' | 'delete'; path: string }[] {
  const paths = world.openapi.paths as Record<string, Record<string, unknown>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method as 'get', path: path.replace('/api/v1', '') })),
  );
}
const filled = (path: string): string => path.replaceAll(/\{[^}]+\}/g, () => newId());
const nameOf = ({ method, path }: { method: string; path: string }) =>
  `${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`;
const send = (
  client: SiteClient,
  { method, path }: { method: 'get' | 'post' | 'put' | 'patch' | 'delete'; path: string },
) => (method === 'get' || method === 'delete' ? client[method](filled(path)) : client[method](filled(path), {}));

describe('A04: every operation of the API description that changes something', () => {
  it('leaves exactly one entry, whoever asks and however it ends', async () => {
    const unsafe = operations().filter(({ method }) => method !== 'get');
    expect(unsafe.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const operation of unsafe) {
      const name = nameOf(operation);
      const expected = QUESTIONS.includes(name) ? 0 : 1;
      for (const [who, client] of Object.entries({ guest: site.guest('reseller'), customer, admin })) {
        const answer = await send(client, operation);
        const entries = await entriesOf(answer.headers['x-request-id'] ?? '');
        const [entry] = entries;
        // What is out of sight is answered like what does not exist, and is told as a refusal.
        const isDenied = [401, 403].includes(answer.status) || (answer.status === 404 && entry?.outcome === 'denied');
        // A question leaves nothing, unless somebody asks it who may not.
        const count = expected === 0 && who !== 'guest' && isDenied ? 1 : expected;
        const fits =
          entries.length === count && (!entry || (entry.action === name && (!isDenied || entry.outcome === 'denied')));
        if (!fits)
          wrong.push(
            `${who}: ${name} → ${answer.status}, ${entries.length} entries, ${entry?.action} ${entry?.outcome}`,
          );
      }
      await world.forgetRates();
    }
    expect(wrong).toEqual([]);
    expect(await site.sql.all(q('audit_intents'))).toEqual([]);
  });

  it('reads leave nothing but the reading of what is declared to be recorded', async () => {
    const recorded = new Set<string>();
    for (const operation of operations().filter(({ method }) => method === 'get')) {
      const answer = await send(site.guest('reseller'), operation);
      if ((await entriesOf(answer.headers['x-request-id'] ?? '')).length > 0) recorded.add(nameOf(operation));
      await world.forgetRates();
    }
    for (const name of recorded)
      expect(name).toMatch(/audit-log|export|agency-applications|payout-files|wallet-top-ups|disputes/);
    expect(recorded).toContain('GET /audit-log');
  });
});

describe('what gets into the log', () => {
  it('no personal data and no secret of a request, wherever they stand in it', async () => {
    const before = await newest();
    const canary = 'zqcanary';
    await admin.post('/users', { email: `${canary}.one@mail.test`, role: 'reseller_admin' });
    await admin.post('/users', { email: `${canary}.one@mail.test`, role: 'nobody', [`${canary}Field`]: canary });
    const agency = await admin.post('/agencies', {
      name: 'Norte',
      legalName: 'Norte, S.L.',
      taxId: 'B58818501',
      email: `${canary}@n.test`,
    });
    expect(agency.status).toBe(201);
    await admin.patch(
      `/agencies/${agency.body.id}`,
      { email: `${canary}.two@n.test` },
      { headers: { 'if-match': '"1"' } },
    );
    const browser = createBrowser(world.port, await site.brandAt('reseller'));
    await browser.signIn(`${canary}.three@mail.test`, `${canary}-password`).catch(() => undefined);
    await site
      .guest('reseller')
      .post('/bookings', { quoteId: newId(), travellers: [{ givenName: canary, passport: canary }] });
    await admin.get(`/bookings/${newId()}?access=${canary}-token`);
    const entries = await since(before);
    expect(entries.length).toBeGreaterThanOrEqual(6);
    expect(entries.map(({ body }) => body).join('\n')).not.toContain(canary);
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toContain('identity.signed_in denied');
  });

  it('sign-in and sign-out, by whom and from where', async () => {
    const before = await newest();
    const { client, csrf } = await site.signIn('agent', 'a');
    await client.raw('post', '/auth/logout', {}, { headers: { 'x-csrf-token': csrf }, key: null });
    const entries = (await since(before)).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    for (const action of ['identity.signed_in', 'identity.signed_out'])
      expect(entries.find((entry) => entry.action === action)).toMatchObject({
        outcome: 'done',
        actor: { kind: 'user', role: 'agency_admin', agencyId: site.agencies.a },
        origin: { host: site.hosts.a, ip: expect.any(String) as string },
      });
  });
});

describe('reading the log', () => {
  it('in pages, newest first, by every filter', async () => {
    const { body: made } = await admin.post('/agencies', { name: 'Sur Viajes' });
    const page = await admin.get(`/audit-log?subject=${made.id}`);
    expect(page.body.data).toMatchObject([
      {
        action: 'POST /agencies',
        outcome: 'done',
        verb: 'create',
        subject: { type: 'Agency', id: made.id },
        actor: { role: 'reseller_admin' },
      },
    ]);
    const [entry] = page.body.data;
    const ids = async (query: string) => {
      const { body } = await admin.get(`/audit-log?limit=100&reads=hide&${query}`);
      return (body.data as { id: number }[]).map(({ id }) => id);
    };
    const day = 86_400_000;
    for (const query of [
      `actor=${entry.actor.id}`,
      'action=POST%20/agencies',
      'subjectType=Agency',
      'outcome=done',
      `requestId=${entry.requestId}`,
      `from=${new Date(Date.now() - day).toISOString()}`,
      `to=${new Date(Date.now() + day).toISOString()}`,
      'text=ADMIN%20te',
    ])
      expect(await ids(query), query).toContain(entry.id);
    for (const query of [
      `actor=${newId()}`,
      'action=identity.',
      'outcome=failed',
      `to=${new Date(Date.now() - day).toISOString()}`,
    ])
      expect(await ids(query), query).not.toContain(entry.id);
    const first = await admin.get('/audit-log?limit=2');
    const second = await admin.get(`/audit-log?limit=2&cursor=${first.body.next}`);
    const order = [...first.body.data, ...second.body.data].map(({ id }: { id: number }) => id);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect((await admin.get(`/audit-log/${entry.id}`)).body).toMatchObject({ id: entry.id, hash: entry.hash });
  });

  it.each(['limit=0', 'actor=me', 'outcome=good', 'from=yesterday', 'cursor=!!', 'foo=1', 'text=a'])(
    'refuses ?%s with a problem',
    async (query) => {
      expect((await admin.get(`/audit-log?${query}`)).status).toBe(400);
    },
  );

  it('an agency reads its own subtree; the reseller everything; a customer nothing', async () => {
    const own = await agent.post('/markup-rules', {});
    expect(own.status).toBe(400);
    const { body } = await agent.get('/audit-log?limit=100');
    expect(body.data.length).toBeGreaterThan(0);
    for (const { actor } of body.data as { actor: { agencyId: string } }[])
      expect([site.agencies.a, site.agencies.b]).toContain(actor.agencyId);
    const foreign = (await admin.get('/audit-log?limit=1&text=admin')).body.data[0].id as number;
    expect((await agent.get(`/audit-log/${foreign}`)).status).toBe(404);
    expect((await agent.get('/audit-log/999999999')).status).toBe(404);
    expect((await customer.get('/audit-log')).status).toBe(403);
    expect((await site.guest('reseller').get('/audit-log')).status).toBe(401);
  });

  it('I64: as CSV, all pages, with nothing a spreadsheet would run', async () => {
    await admin.post('/agencies', { name: '=HYPERLINK("http://evil")' });
    await site.sql.run(
      q.raw(`select append_audit(?) from generate_series(1, 1100)`, [
        JSON.stringify({
          ...JSON.parse((await since(0))[0]?.body ?? '{}'),
          subject: { type: 'Agency', id: null, label: '@SUM(1+1)' },
        }),
      ]),
    );
    const answer = await admin.get('/audit-log/export?outcome=done');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="audit-log-.*\.csv"$/);
    const lines = answer.text.split('\r\n');
    expect(lines[0]).toContain('number,time (UTC),actor kind');
    expect(lines.length).toBeGreaterThan(1100);
    expect(answer.text).toContain(`"'@SUM(1+1)"`);
    expect(answer.text).not.toMatch(/(^|,)"?[=+@]/m);
    expect((await agent.get('/audit-log/export')).text).not.toContain('@SUM');
  });
});
