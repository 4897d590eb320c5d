import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { agencyA, agencyB, coral, shore } from './support/cast.ts';
import { awaitToast, fillRule, inviteTo, openConsole, openAgencyTab } from './support/console.ts';
import { awaitMail, findLink } from './support/inbox.ts';
import { callSite, password, urlOf } from './support/stack.ts';
import { signIn } from './support/storefront.ts';

afterAll(closeBrowser);

/** Follows the invitation of a mail and makes an account of it; ends on the sign-in page. */
async function acceptInvitation(
  page: Page,
  email: string,
  person: { givenName: string; familyName: string },
): Promise<void> {
  const mail = await awaitMail(email, '');
  await page.goto(findLink(mail, '/account/invitation'));
  await page.getByRole('main').getByText(email).waitFor();
  await page.getByLabel('First name').fill(person.givenName);
  await page.getByLabel('Last name').fill(person.familyName);
  await page.getByLabel('Choose a password').fill(password);
  await page.getByLabel('I accept the terms').check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create account and join' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
}

describe('a reseller’s administrator', () => {
  it('accepts the invitation and signs in to the console', () =>
    visit(async ({ page }) => {
      await acceptInvitation(page, coral.owner, { givenName: 'Olga', familyName: 'Rivas' });
      await page.goto(urlOf(coral.host, '/console/'));
      await page.getByRole('heading', { name: `Console of ${coral.name}` }).waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, coral.owner, password);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.getByText('Good to see you, Olga').waitFor();
      await expectAccessible(page);
    }));

  it('sells at 15 % above the net price', () =>
    visit(async ({ page }) => {
      await openConsole(page, coral.host, '/pricing/rules', coral.owner);
      // A new reseller has a rule to begin with.
      await page.getByRole('link', { name: 'Standard markup' }).click();
      await page.getByRole('heading', { name: 'Standard markup' }).waitFor();
      await fillRule(page, { name: 'Standard 15 %', percent: '15' });
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Save changes' }).click();
      await awaitToast(page, 'The rule is in force.');
      await page.getByRole('cell', { name: /15.*% of the total/ }).waitFor();
      await expectAccessible(page);
    }));

  it('creates an agency, and a sub-agency with a brand of its own', () =>
    visit(async ({ page }) => {
      await openConsole(page, coral.host, '/agencies/new', coral.owner);
      await page.getByLabel('Name', { exact: true }).fill(agencyA.name);
      await page.getByLabel('Tier').selectOption('gold');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Create agency' }).click();
      await page.getByRole('heading', { name: agencyA.name, level: 1 }).waitFor();
      await inviteTo(page, agencyA.admin, 'agency_admin');

      await page.getByRole('link', { name: 'New sub-agency' }).click();
      await page.getByRole('heading', { name: 'New sub-agency' }).waitFor();
      await page.getByLabel('Name', { exact: true }).fill(agencyB.name);
      await page.getByLabel('Tier').selectOption('silver');
      await page.getByRole('button', { name: 'Create agency' }).click();
      await page.getByRole('heading', { name: agencyB.name, level: 1 }).waitFor();
      await inviteTo(page, agencyB.admin, 'agency_admin');
      await inviteTo(page, agencyB.agent, 'agent');
      await expectAccessible(page);

      await openAgencyTab(page, 'Brand');
      await page.getByRole('button', { name: 'Create brand' }).click();
      await page.getByLabel('Name of the brand').fill(shore.name);
      await page.getByLabel('Address of the storefront').fill(shore.host);
      await page.getByRole('radio', { name: /marea/i }).check();
      await page.getByLabel('Company', { exact: true }).fill(shore.company);
      await page.getByLabel('E-mail', { exact: true }).fill('hello@shore.test');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Create brand' }).click();
      await awaitToast(page, `${shore.name} is ready.`);
      await page.getByText(`The storefront is online at ${shore.host}.`).waitFor();
      await photograph(page, 'console-brand');
      expect((await callSite(shore.host, '/')).status).toBe(200);
    }));

  it('puts money into the wallet of the agency it sells to', () =>
    visit(async ({ page }) => {
      await openConsole(page, coral.host, '/agencies', coral.owner);
      await page.getByRole('link', { name: agencyA.name }).click();
      await topUp(page, '5000');
      await expectAccessible(page);
      await photograph(page, 'console-wallet');
    }));
});

describe('the agencies’ administrators', () => {
  it('agency A adds 5.00 to each booking and fills its sub-agency’s wallet', () =>
    visit(async ({ page }) => {
      await acceptInvitation(page, agencyA.admin, { givenName: 'Alba', familyName: 'Palmer' });
      await openConsole(page, coral.host, '/pricing/rules/new', agencyA.admin);
      await fillRule(page, { name: 'Service fee', fixed: '5' });
      await page.getByRole('button', { name: 'Create rule' }).click();
      await awaitToast(page, 'The rule is in force.');
      await page.goto(urlOf(coral.host, '/console/agencies'));
      await page.getByRole('link', { name: agencyB.name }).click();
      await topUp(page, '2000');
    }));

  it('agency B adds 2 %, and its agent joins', async () => {
    await visit(async ({ page }) => {
      await acceptInvitation(page, agencyB.admin, { givenName: 'Bruno', familyName: 'Costa' });
      await openConsole(page, shore.host, '/pricing/rules/new', agencyB.admin);
      await fillRule(page, { name: 'Standard 2 %', percent: '2' });
      await page.getByRole('button', { name: 'Create rule' }).click();
      await awaitToast(page, 'The rule is in force.');
    });
    await visit(({ page }) => acceptInvitation(page, agencyB.agent, { givenName: 'Berta', familyName: 'Mar' }));
  });
});

async function topUp(page: Page, amount: string): Promise<void> {
  await openAgencyTab(page, 'Wallet');
  await page.getByRole('button', { name: 'Top up or correct' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Amount').fill(amount);
  await dialog.getByLabel('Reason').fill('Bank transfer');
  await dialog.getByRole('button', { name: 'Book it' }).click();
  await awaitToast(page, 'The new balance is');
}
