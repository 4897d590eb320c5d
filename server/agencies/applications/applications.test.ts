import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { openPayload } from '../../kernel/outbox/emit.ts';
import { createPlatformWorld, type PlatformWorld } from '../../testing/platform-world.ts';
import type { SiteClient } from '../../testing/site-client.ts';
import { CHECKS } from './application.ts';
import { DOCUMENT, anApplication } from './testing.ts';

let world: PlatformWorld;
let admin: SiteClient;
let other: SiteClient;
beforeAll(async () => {
  world = await createPlatformWorld();
  admin = (await world.first.signIn('admin', 'reseller')).client;
  other = (await world.second.signIn('admin', 'reseller')).client;
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

/** Personal parts of the events of a kind, the newest last. */
async function eventsOf(kind: string): Promise<Array<Record<string, unknown>>> {
  const rows = await world.infra.database.platform.all<{ id: string; payload: Record<string, unknown> }>(
    q('platform.outbox').where({ kind, tenant_id: world.first.tenant.id }).orderBy('id').select('id', 'payload'),
  );
  return rows.map((row) => openPayload(world.first.sql.vault, row));
}
const accessOf = (event: Record<string, unknown> | undefined): string =>
  new URL(String(event?.url)).searchParams.get('access') ?? '';

async function applied(level: 'reseller' | 'a' = 'reseller', over: Parameters<typeof anApplication>[0] = {}) {
  const guest = world.first.guest(level);
  const body = anApplication(over);
  const answer = await guest.post('/agency-applications', body);
  expect([answer.status, answer.body]).toEqual([202, { nextStep: 'check_mail' }]);
  const event = (await eventsOf('agency_application.started@1'))
    .filter((one) => one.recipient === body.contact.email)
    .at(-1);
  return { guest, access: accessOf(event), email: body.contact.email, body };
}
const upload = (client: SiteClient, access: string, data = DOCUMENT, kind = 'licence') =>
  request(world.server)
    .post(`/api/v1/agency-applications/own/documents?access=${access}`)
    .set({ host: client.host, accept: 'application/json' })
    .field('kind', kind)
    .attach('file', data, { filename: 'licence.pdf', contentType: 'application/pdf' });
async function submitted(level: 'reseller' | 'a' = 'reseller', over: Parameters<typeof anApplication>[0] = {}) {
  const made = await applied(level, over);
  expect((await upload(made.guest, made.access)).status).toBe(200);
  const sent = await made.guest.post(`/agency-applications/own/submission?access=${made.access}`, {});
  expect([sent.status, sent.body.state]).toEqual([200, 'submitted']);
  const list = await admin.get('/agency-applications?state=submitted');
  const row = (list.body.data as Array<{ id: string; companyName: string }>)[0]!;
  return { ...made, id: row.id };
}
const tickAll = async (client: SiteClient, id: string) => {
  const { version } = (await client.get(`/agency-applications/${id}`)).body as { version: number };
  const done = await client.put(`/agency-applications/${id}/checks`, { checks: CHECKS }, match(version));
  return done.body.version as number;
};
const match = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

describe('applying', () => {
  it('answers the same for every address, mails a link, and is no one’s to see before it is sent in', async () => {
    const { email } = await applied();
    expect(email).toContain('@');
    expect((await admin.get('/agency-applications')).body.data).toEqual([]);
    const known = await world.first.guest('reseller').post('/agency-applications', {
      ...anApplication(),
      contact: { ...anApplication().contact, email: `admin@${world.first.tenant.slug}.test` },
    });
    expect([known.status, known.body]).toEqual([202, { nextStep: 'check_mail' }]);
  });

  it('mails one address three times a day at most', async () => {
    const body = anApplication();
    for (let times = 0; times < 5; times += 1)
      expect((await world.first.guest('reseller').post('/agency-applications', body)).status).toBe(202);
    const sent = (await eventsOf('agency_application.started@1')).filter((one) => one.recipient === body.contact.email);
    expect(sent).toHaveLength(3);
  });

  it('is refused with a pointer where a number cannot be right', async () => {
    const wrong = await world.first.guest('reseller').post('/agency-applications', {
      ...anApplication(),
      iban: 'ES9121000418450200051333',
      taxId: 'B58378432',
      bic: 'X',
    });
    expect(wrong.status).toBe(400);
    const faults = wrong.body.errors as Array<{ pointer: string; code: string }>;
    expect(faults.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/bic bic',
      '/iban iban_check_digits',
      '/taxId tax_id_check_digits',
    ]);
    const terms = await world.first
      .guest('reseller')
      .post('/agency-applications', { ...anApplication(), acceptedTerms: 'x' });
    expect(terms.status).toBe(400);
  });

  it('is limited by address', async () => {
    const guest = world.first.guest('reseller');
    const states = [];
    for (let times = 0; times < 13; times += 1) states.push((await guest.post('/agency-applications', {})).status);
    expect(states.at(-1)).toBe(429);
  });
});

describe('the mailed link', () => {
  it('opens its application on its brand only', async () => {
    const { guest, access } = await applied();
    expect((await guest.get(`/agency-applications/own?access=${access}`)).body.state).toBe('draft');
    const path = `/agency-applications/own?access=${access}`;
    for (const elsewhere of [world.second.guest('reseller'), world.first.guest('a'), world.second.guest('a')])
      expect((await elsewhere.get(path)).status).toBe(404);
    expect((await guest.get(`/agency-applications/own?access=${'x'.repeat(43)}`)).status).toBe(404);
  });

  it('takes PDFs and pictures by their content, and no PDF that acts', async () => {
    const { guest, access } = await applied();
    const missing = await guest.post(`/agency-applications/own/submission?access=${access}`, {});
    expect(missing.body.code).toBe('agency_applications.documents_missing');
    const script = Buffer.from('%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF');
    expect((await upload(guest, access, script)).body.code).toBe('upload.document_refused');
    expect((await upload(guest, access, Buffer.from('MZ a program'))).body.code).toBe('upload.not_an_image');
    const taken = await upload(guest, access);
    const [document] = taken.body.documents as Array<{ id: string }>;
    expect(document).toMatchObject({ kind: 'licence', contentType: 'application/pdf' });
    const gone = await guest.delete(`/agency-applications/own/documents/${document!.id}?access=${access}`);
    expect(gone.body.documents).toEqual([]);
  });

  it('does not open what is under review for changes', async () => {
    const { guest, access, body } = await submitted();
    const { contact, acceptedTerms: _t, locale: _l, ...rest } = body;
    const { email: _e, ...person } = contact;
    const change = await guest.put(`/agency-applications/own?access=${access}`, { ...rest, contact: person });
    expect([change.status, change.body.code]).toEqual([409, 'agency_applications.step_refused']);
  });
});

describe('reviewing', () => {
  it('ends in an agency with an empty wallet and an invited administrator, once', async () => {
    const { id, email } = await submitted();
    const read = await admin.get(`/agency-applications/${id}`);
    const early = await admin.post(
      `/agency-applications/${id}/approve`,
      { tier: 'silver' },
      match(read.body.version as number),
    );
    expect(early.body.code).toBe('agency_applications.checks_open');
    const version = await tickAll(admin, id);
    const answers = await Promise.all(
      [1, 2].map(() => admin.post(`/agency-applications/${id}/approve`, { tier: 'silver' }, match(version))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const { agencyId } = answers.find(({ status }) => status === 200)!.body as { agencyId: string };
    expect((await admin.get(`/agencies/${agencyId}`)).body).toMatchObject({ tier: 'silver', state: 'approved', email });
    const wallet = await admin.get(`/agencies/${agencyId}/wallet`);
    expect(wallet.body).toMatchObject({ balance: { amount: 0 }, creditLimit: { amount: 0 } });
    // The account that was told is there, and is paid to once it is confirmed.
    const account = `/agencies/${agencyId}/payout-account`;
    const carried = (await admin.get(account)).body as { version: number };
    expect(carried).toMatchObject({ holder: 'Viajes Alba SL', isConfirmed: false });
    expect(JSON.stringify(carried)).not.toContain('ES9121000418450200051332');
    const stale = await admin.post(`${account}/confirmation`, undefined, match(carried.version + 1));
    expect(stale.status).toBe(412);
    const confirmed = await admin.post(`${account}/confirmation`, undefined, match(carried.version));
    expect([confirmed.status, confirmed.body.isConfirmed]).toEqual([200, true]);
    const invited = (await eventsOf('identity.invitation_created@1')).filter((one) => one.recipient === email);
    expect(invited).toHaveLength(1);
    const again = await admin.get(`/agency-applications/${id}`);
    const late = await admin.post(
      `/agency-applications/${id}/reject`,
      { message: 'Too late' },
      match(again.body.version as number),
    );
    expect([late.status, late.body.code]).toEqual([409, 'agency_applications.step_refused']);
  });

  it('leaves nothing behind when the invitation is refused', async () => {
    const { id } = await submitted('reseller', { email: `admin@${world.first.tenant.slug}.test` });
    const version = await tickAll(admin, id);
    const refused = await admin.post(`/agency-applications/${id}/approve`, {}, match(version));
    expect(refused.status).toBe(409);
    expect((await admin.get(`/agency-applications/${id}`)).body).toMatchObject({ state: 'submitted', agencyId: null });
  });

  it('asks for more by a new link; the one before ends; a reason is told', async () => {
    const { id, guest, access, email } = await submitted();
    const { version } = (await admin.get(`/agency-applications/${id}`)).body as { version: number };
    await admin.post(`/agency-applications/${id}/notes`, { text: 'Between us: odd.' });
    const asked = await admin.post(
      `/agency-applications/${id}/information-requests`,
      { message: 'A readable licence.' },
      match(version),
    );
    expect(asked.body.state).toBe('information_requested');
    expect((await guest.get(`/agency-applications/own?access=${access}`)).status).toBe(404);
    const event = (await eventsOf('agency_application.information_requested@1')).at(-1);
    expect(event).toMatchObject({ recipient: email, message: 'A readable licence.' });
    const own = await guest.get(`/agency-applications/own?access=${accessOf(event)}`);
    expect(own.body).toMatchObject({ editable: true, reviewerMessage: 'A readable licence.' });
    expect(own.text).not.toContain('odd');
    expect((await guest.post(`/agency-applications/own/submission?access=${accessOf(event)}`, {})).status).toBe(200);
    const back = await admin.get(`/agency-applications/${id}`);
    const no = await admin.post(
      `/agency-applications/${id}/reject`,
      { message: 'The licence ended.' },
      match(back.body.version as number),
    );
    expect(no.body.state).toBe('rejected');
    expect((await eventsOf('agency_application.rejected@1')).at(-1)).toMatchObject({ message: 'The licence ended.' });
  });

  it('serves papers as files to save, and keeps nothing readable in the tables', async () => {
    const { id, email } = await submitted();
    const { documents } = (await admin.get(`/agency-applications/${id}`)).body as { documents: Array<{ id: string }> };
    const file = await admin.get(`/agency-applications/${id}/documents/${documents[0]!.id}`);
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="licence-/);
    expect(file.headers['content-security-policy']).toContain('sandbox');
    const stored = JSON.stringify([
      await world.first.sql.all(q('agency_applications').where({ id })),
      await world.first.sql.all(q('agency_application_documents').where({ application_id: id })),
    ]);
    for (const secret of [email, 'ES9121000418450200051332', 'B58378431', '%PDF', 'Calle Mayor'])
      expect(stored).not.toContain(secret);
  });
});

describe('who may see an application', () => {
  it('is the reseller and the agency whose brand it came in at, nobody else', async () => {
    const own = await submitted('reseller');
    const below = await submitted('a');
    const parent = (await world.first.signIn('agent', 'a')).client;
    const child = world.first.at('b', {
      authorization: `Bearer ${await world.first.token('agency_admin', 'b')}`,
    });
    const agent = (await world.first.signIn('subagent', 'b')).client;
    expect((await parent.get('/agency-applications')).body.data).toMatchObject([{ id: below.id }]);
    expect((await parent.get(`/agency-applications/${own.id}`)).status).toBe(404);
    expect((await child.get(`/agency-applications/${below.id}`)).status).toBe(404);
    expect((await agent.get('/agency-applications')).status).toBe(403);
    expect((await other.get(`/agency-applications/${own.id}`)).status).toBe(404);
    expect((await world.first.guest('reseller').get(`/agency-applications/${own.id}`)).status).toBe(401);
    const version = await tickAll(parent, below.id);
    const top = await parent.post(`/agency-applications/${below.id}/approve`, { parentId: null }, match(version));
    expect(top.body.code).toBe('agencies.only_above');
    const made = await parent.post(`/agency-applications/${below.id}/approve`, {}, match(version));
    expect((await admin.get(`/agencies/${made.body.agencyId as string}`)).body.parentId).toBe(world.first.agencies.a);
  });
});
