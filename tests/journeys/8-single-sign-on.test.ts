import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDnsDouble, type DnsDouble } from '../../server/testing/dns-double.ts';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { awaitToast, openConsole } from './support/console.ts';
import { setting, urlOf } from './support/stack.ts';

const HOST = 'meridian.localhost';
const ADMIN = 'admin@meridian.test';
const NAME = 'Contoso staff';

let dns: DnsDouble;
beforeAll(async () => {
  dns = await startDnsDouble({}, Number(setting('DNS_SERVERS').split(':')[1]));
});
afterAll(async () => {
  await dns?.close();
  await closeBrowser();
});

describe('single sign-on', () => {
  it('is connected by the reseller’s administrator: provider, test, domain, groups', () =>
    visit(async ({ page, faults }) => {
      await openConsole(page, HOST, '/settings/permission-sets/new', ADMIN);
      await page.getByLabel('Name', { exact: true }).fill('Travel desk');
      await page.getByLabel('See bookings', { exact: false }).first().check();
      await page.getByRole('button', { name: 'Create set' }).click();
      await page.getByRole('cell', { name: 'Travel desk' }).waitFor();

      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByText('No identity provider is connected').waitFor();
      await page.getByRole('group', { name: 'A second factor is needed by' }).waitFor();
      await expectAccessible(page);
      await photograph(page, 'sso-empty', true);

      await page.getByRole('link', { name: 'Connect a provider' }).first().click();
      await page.getByRole('heading', { name: 'Connect a provider' }).waitFor();
      expect(await page.getByLabel('Redirect URI', { exact: true }).inputValue()).toBe(
        urlOf(HOST, '/auth/federation/callback'),
      );
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByText('Fill this in.').first().waitFor();
      await expectAccessible(page);
      await photograph(page, 'sso-new-faults', true);
      await page.getByLabel('Name', { exact: true }).fill(NAME);
      await page.getByLabel('Issuer').fill(setting('DEMO_IDP_ISSUER'));
      await page.getByLabel('Client id').fill('portolan-demo');
      await page.getByLabel('Client secret').fill(setting('DEMO_IDP_SECRET'));
      await page.getByRole('button', { name: 'Map a group' }).click();
      const group = page.getByRole('group', { name: 'Group 1' });
      await group.getByLabel('Group', { exact: true }).fill('travel-desk');
      await group.getByLabel('Permission set').selectOption({ label: 'Travel desk' });
      await expectAccessible(page);
      await photograph(page, 'sso-new', true);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await awaitToast(page, `${NAME} is connected.`);

      await page.getByRole('button', { name: 'Test the connection' }).click();
      await page.getByText('The connection works.').waitFor();
      await page.getByText('It accepts the client id and the secret.').waitFor();

      await page.getByLabel('Domain', { exact: true }).fill('contoso.test');
      await page.getByRole('button', { name: 'Add domain' }).click();
      const domain = page.getByRole('group', { name: 'contoso.test' });
      const record = await domain.getByLabel('Name of the TXT record', { exact: true }).inputValue();
      const value = await domain.getByLabel('Value of the TXT record', { exact: true }).inputValue();
      faults.expectRefusal(422, /\/domains\/contoso\.test\/verify$/);
      await domain.getByRole('button', { name: 'Check now' }).click();
      await domain.getByRole('alert').waitFor();
      await expectAccessible(page);
      await photograph(page, 'sso-domain', true);
      dns.zone[`${record} TXT`] = [value];
      await domain.getByRole('button', { name: 'Check now' }).click();
      await awaitToast(page, 'contoso.test is proven.');
      await page.getByRole('checkbox', { name: /must sign in with/ }).check();
      await page.getByText('Once you save, passwords').waitFor();
      await expectAccessible(page);
      await photograph(page, 'sso-enforcement', true);
      await page.getByRole('button', { name: 'Disable' }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page);
      await photograph(page, 'sso-disable');
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('link', { name: 'Single sign-on' }).first().click();
      await page.getByRole('cell', { name: NAME }).waitFor();
      await photograph(page, 'sso-list', true);
    }));

  it('lets a colleague in with the rights of his group', () =>
    visit(async ({ page }) => {
      await page.goto(urlOf(HOST, '/auth/login?returnTo=/console/bookings'));
      await page.getByRole('link', { name: `Continue with ${NAME}` }).click();
      await page.getByText('Sandbox.').waitFor();
      await photograph(page, 'sso-sandbox');
      await page.getByRole('button', { name: /Marco Conti/ }).click();
      await page.waitForURL((url) => url.host === new URL(urlOf(HOST)).host && url.pathname === '/console/bookings');
      await page.getByRole('heading', { name: 'Bookings', level: 1 }).waitFor();
      const navigation = page.getByRole('navigation', { name: 'Main' });
      expect(await navigation.getByRole('link').allTextContents()).toEqual(
        ['Overview', 'Bookings', 'My account'].map((name) => expect.stringContaining(name) as string),
      );
      await photograph(page, 'sso-colleague');
    }));

  it('turns away a colleague whose groups nobody mapped', () =>
    visit(async ({ page, faults }) => {
      faults.expectRefusal(400, /\/auth\/federation\/callback$/);
      await page.goto(urlOf(HOST, '/auth/login?returnTo=/console/'));
      await page.getByRole('link', { name: `Continue with ${NAME}` }).click();
      await page.getByRole('button', { name: /Nils Berg/ }).click();
      await page.getByText('none of the groups').waitFor();
      await expectAccessible(page);
    }));

  it('fits on a phone', () =>
    visit(
      async ({ page }) => {
        await openConsole(page, HOST, '/settings/sign-in', ADMIN);
        await page.getByRole('link', { name: NAME }).waitFor();
        await photograph(page, 'sso-phone-list', true);
        await page.getByRole('link', { name: NAME }).click();
        await page.getByRole('heading', { name: NAME }).waitFor();
        await expectAccessible(page);
        await photograph(page, 'sso-phone-provider', true);
        const width = await page.locator('html').evaluate((root: { scrollWidth: number; clientWidth: number }) => ({
          content: root.scrollWidth,
          window: root.clientWidth,
        }));
        expect(width.content).toBeLessThanOrEqual(width.window);
      },
      { phone: true },
    ));
});
