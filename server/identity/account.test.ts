import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { findUserByEmail } from './repository.ts';
import { addAgency, createBrowser, eventsOf, startTwoTenants, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const VERIFY = 'identity.email_verification_requested@1';
const RESET = 'identity.password_reset_requested@1';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first, second } = all);
});
afterAll(() => all?.close());

const pathOf = (url: string | undefined) => new URL(url!).pathname + new URL(url!).search;
const person = { givenName: 'Eva', familyName: 'Mar', password: PASSWORD, acceptTerms: 'yes' };

async function signUp(email: string, brand = first.brand) {
  const browser = createBrowser(server.port, brand);
  const answer = await browser.submit(await browser.open('/account/sign-up'), { ...person, email });
  return { browser, answer };
}
const blank = (text: string, email: string) =>
  text.replaceAll(email, '…').replaceAll(/name="_csrf" value="[^"]+"/g, '…');

describe('signing up', () => {
  it('makes a customer who can sign in at once and prove the address by the mailed link', async () => {
    const { browser, answer } = await signUp('Eva@Customers.test');
    expect(answer.text).toContain('Check your e-mail');
    const [mail] = await eventsOf(all.world, first.tenant, VERIFY);
    expect(mail).toMatchObject({
      recipient: 'eva@customers.test',
      recipientName: 'Eva',
      brandId: first.brand.id,
      locale: 'en',
    });
    await browser.signIn('eva@customers.test', PASSWORD);
    expect(await browser.session()).toMatchObject({ role: 'customer', emailVerified: false });
    const proven = await browser.open(pathOf(mail!.url));
    expect(proven.text).toContain('eva@customers.test');
    expect((await browser.open(pathOf(mail!.url))).status).toBe(200);
    expect((await browser.session()).emailVerified).toBe(true);
    expect(JSON.stringify(await first.sql.all(q('user_tokens')))).not.toContain(
      new URL(mail!.url!).searchParams.get('token'),
    );
  });

  it("on an agency's storefront makes that agency's customer", async () => {
    const agency = await addAgency(all, first, { withBrand: true });
    const { browser } = await signUp('leo@customers.test', agency.brand);
    await browser.signIn('leo@customers.test', PASSWORD);
    expect(await browser.session()).toMatchObject({ role: 'customer', agencyId: agency.id });
  });

  it('says the same when the address has an account, and mails its owner a link to choose a password', async () => {
    const fresh = await signUp('uma@customers.test');
    const before = (await eventsOf(all.world, first.tenant, RESET)).length;
    const again = await signUp('uma@customers.test');
    expect(blank(again.answer.text, 'uma@customers.test')).toBe(blank(fresh.answer.text, 'uma@customers.test'));
    expect(await eventsOf(all.world, first.tenant, RESET)).toHaveLength(before + 1);
  });

  it('points at each field that needs mending', async () => {
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open('/account/sign-up');
    const answer = await browser.submit(page, {
      givenName: '',
      familyName: 'Mar',
      email: 'nonsense',
      password: 'short',
    });
    expect(answer.status).toBe(422);
    for (const sentence of [
      'Fill this in.',
      'Write an e-mail address like',
      'This password is too short.',
      'Accept the terms',
    ])
      expect(answer.text).toContain(sentence);
    expect(answer.text).not.toContain('value="short"');
  });

  it('speaks the language the visitor chose', async () => {
    const browser = createBrowser(server.port, first.brand);
    expect((await browser.open('/account/sign-up?lang=es')).text).toContain('lang="es"');
    expect((await browser.open('/account/sign-up')).text).toMatch(/href="\/account\/sign-up\?lang(=|&#x3D;)es"/);
  });
});

describe('a forgotten password', () => {
  it('is replaced by the mailed link once, which ends every session and unlocks', async () => {
    await server.identity.createUser(first.sql, {
      email: 'ivo@customers.test',
      password: PASSWORD,
      givenName: 'Ivo',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    });
    const signedIn = createBrowser(server.port, first.brand);
    await signedIn.signIn('ivo@customers.test', PASSWORD);
    await first.sql.run(
      q('users')
        .where({ id: (await findUserByEmail(first.sql, 'ivo@customers.test'))!.id })
        .update({ failed_sign_ins: 9, locked_until: new Date(Date.now() + 3600_000) }),
    );

    const browser = createBrowser(server.port, first.brand);
    await browser.submit(await browser.open('/account/forgot-password'), { email: 'ivo@customers.test' });
    const mail = (await eventsOf(all.world, first.tenant, RESET)).find(
      (event) => event.recipient === 'ivo@customers.test',
    )!;
    const page = await browser.open(pathOf(mail.url));
    expect(
      (await browser.submit(page, { password: 'a new long phrase', passwordAgain: 'another long phrase' })).text,
    ).toContain('The two passwords are not the same.');
    const landed = await browser.follow(
      await browser.submit(page, { password: 'a new long phrase', passwordAgain: 'a new long phrase' }),
    );
    expect(landed.path).toMatch(/^\/interaction\//);
    expect(landed.text).toContain('Your password is changed.');
    expect((await browser.open(pathOf(mail.url))).status).toBe(410);
    expect((await signedIn.session()).user).toBeNull();
    expect((await browser.signIn('ivo@customers.test', PASSWORD)).status).toBe(401);
    await browser.signIn('ivo@customers.test', 'a new long phrase');
    expect((await browser.session()).user).toMatchObject({ email: 'ivo@customers.test' });
    expect(await eventsOf(all.world, first.tenant, 'identity.security_notice@1')).toContainEqual(
      expect.objectContaining({ recipient: 'ivo@customers.test', notice: 'password_changed' }),
    );
  });

  it('asked for an unknown address says the same and mails nobody', async () => {
    const ask = async (email: string) => {
      const browser = createBrowser(server.port, first.brand);
      return blank((await browser.submit(await browser.open('/account/forgot-password'), { email })).text, email);
    };
    await server.identity.createUser(first.sql, {
      email: 'noa@customers.test',
      password: PASSWORD,
      givenName: 'Noa',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    });
    const before = (await eventsOf(all.world, first.tenant, RESET)).length;
    expect(await ask('nobody@customers.test')).toBe(await ask('noa@customers.test'));
    expect(await eventsOf(all.world, first.tenant, RESET)).toHaveLength(before + 1);
  });

  it('is not reset by a link of another tenant, an old one or a made-up one', async () => {
    await server.identity.createUser(second.sql, {
      email: 'zoe@customers.test',
      password: PASSWORD,
      givenName: 'Zoe',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    });
    const foreign = createBrowser(server.port, second.brand);
    await foreign.submit(await foreign.open('/account/forgot-password'), { email: 'zoe@customers.test' });
    const [mail] = await eventsOf(all.world, second.tenant, RESET);
    const browser = createBrowser(server.port, first.brand);
    expect((await browser.open(pathOf(mail!.url))).status).toBe(410);
    expect((await browser.open('/account/reset-password?token=made-up')).status).toBe(410);
    await second.sql.run(q('user_tokens').update({ expires_at: new Date(Date.now() - 1000) }));
    expect((await foreign.open(pathOf(mail!.url))).status).toBe(410);
  });
});

describe('an invitation', () => {
  const invite = (email: string, agencyId: string | null, role: 'agent' | 'reseller_admin' = 'agent') =>
    all.world.database.withTenant(first.tenant, (sql) =>
      server.identity.inviteUser(sql, first.tenant, first.brand, { email, role, agencyId, invitedBy: null }),
    );

  it('mails a link that makes the account, once, and leads on to signing in', async () => {
    const agency = await addAgency(all, first);
    const { url, invitationId } = await invite('New@Agents.test', agency.id);
    const [event] = await eventsOf(all.world, first.tenant, 'identity.invitation_created@1');
    expect(event).toMatchObject({
      invitationId,
      recipient: 'new@agents.test',
      role: 'agent',
      organisationName: agency.name,
      url,
    });
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open(pathOf(url));
    expect(page.text).toContain('new@agents.test');
    const landed = await browser.follow(await browser.submit(page, person));
    expect(landed.text).toContain('Your account is ready. Sign in.');
    await browser.follow(await browser.submit(landed, { email: 'new@agents.test', password: PASSWORD }));
    expect(await browser.session()).toMatchObject({ role: 'agent', agencyId: agency.id, emailVerified: true });
    expect((await browser.open(pathOf(url))).status).toBe(410);
  });

  it('accepted ten times at once makes one account', async () => {
    const { url } = await invite('race@resellers.test', null, 'reseller_admin');
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open(pathOf(url));
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.submit(page, person)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, ...Array.from({ length: 9 }, () => 410)]);
  });

  it("turns the customer's account of that address into staff, and whoever had registered it loses it", async () => {
    const agency = await addAgency(all, first);
    const { browser: squatter } = await signUp('boss@agents.test');
    await squatter.signIn('boss@agents.test', PASSWORD);
    const { url } = await invite('boss@agents.test', agency.id);
    const browser = createBrowser(server.port, first.brand);
    await browser.submit(await browser.open(pathOf(url)), { ...person, password: 'the real owner chose this' });
    expect((await squatter.session()).user).toBeNull();
    expect((await squatter.signIn('boss@agents.test', PASSWORD)).status).toBe(401);
    await browser.signIn('boss@agents.test', 'the real owner chose this');
    expect(await browser.session()).toMatchObject({ role: 'agent', agencyId: agency.id });
  });

  it("is refused for people who work here, for roles that need another place, and for another agency's open one", async () => {
    const [mine, other] = [await addAgency(all, first), await addAgency(all, first)];
    await invite('twice@agents.test', mine.id);
    await expect(invite('twice@agents.test', other.id)).rejects.toMatchObject({ code: 'identity.invitation_pending' });
    await expect(invite('twice@agents.test', mine.id)).resolves.toBeDefined();
    await expect(invite('x@agents.test', null)).rejects.toMatchObject({ code: 'identity.role_needs_agency' });
    await expect(invite('new@agents.test', null, 'reseller_admin')).rejects.toMatchObject({
      code: 'identity.email_taken',
    });
  });
});
