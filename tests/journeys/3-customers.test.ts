import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { inDays, shore } from './support/cast.ts';
import { awaitMail, findLink, readAttachment } from './support/inbox.ts';
import { callSite, password, urlOf } from './support/stack.ts';
import {
  awaitConfirmed,
  cards,
  choosePlace,
  clara,
  fillCheckout,
  hugo,
  leo,
  payByCard,
  searchFlights,
  signIn,
} from './support/storefront.ts';

afterAll(closeBrowser);

const { host } = shore;

/** Follows the confirmation link, as somebody does who has just made an account. */
async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole('link', { name: 'Create account' }).first().click();
  await page.getByLabel('First name').fill(clara.givenName);
  await page.getByLabel('Last name').fill(clara.familyName);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Choose a password').fill(password);
  await page.getByLabel('I accept the terms').check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
  const mail = await awaitMail(email, 'Confirm your e-mail address');
  expect(mail.from).toContain(shore.name);
  await page.goto(findLink(mail, '/account/verify-email'));
  await page.getByRole('link', { name: 'Continue' }).click();
  await signIn(page, email, password);
}

describe('a customer of the sub-agency’s brand', () => {
  it('is shown the brand by the server itself', async () => {
    const { status, text, headers } = await callSite(host, '/');
    expect(status).toBe(200);
    expect(text).toContain(`<title>${shore.name}`);
    expect(text).toMatch(/<link rel="stylesheet" href="[^"]*marea[^"]*"/);
    expect(text).toMatch(/<link rel="icon"[^>]*href="[^"]+"/);
    expect(text).toContain(`© ${new Date().getUTCFullYear()} ${shore.company}`);
    expect(text).toContain('Where shall we take you?');
    expect(headers['content-security-policy']).toMatch(/script-src[^;]*'nonce-/);
  });

  it('buys a flight as a guest: declined once, then confirmed by 3-D Secure', () =>
    visit(async ({ page, faults }) => {
      const email = 'clara.guest@example.test';
      await page.goto(urlOf(host));
      await photograph(page, 'storefront');
      await expectAccessible(page);
      await searchFlights(page, { from: 'MAD', to: 'JFK', adults: 2, childAges: [8] });
      await page.getByRole('radio', { name: /^Direct/ }).check();
      await page.getByLabel('Sort by').selectOption('price');
      await page.waitForURL(/maxStops=0.*sort=price|sort=price.*maxStops=0/);
      const offers = page.getByRole('article');
      await expect.poll(() => offers.getByText(/\d stops?/).count()).toBe(0);
      const prices = await readPrices(offers.locator('.price__amount'));
      expect(prices).toEqual([...prices].sort((a, b) => a - b));
      await expectAccessible(page);
      await photograph(page, 'search-results');

      await page
        .getByRole('link', { name: /^Choose/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Your booking' }).waitFor();
      await fillCheckout(page, email, [clara, hugo, leo]);
      await expectAccessible(page);
      await photograph(page, 'checkout');
      await page.getByRole('button', { name: /^Pay .* by card$/ }).click();

      // The payment provider answers 402 with its page: the customer reads there why.
      faults.expectRefusal(402, /^\/c\/pay\//);
      await payByCard(page, cards.declined);
      await page.getByRole('alert').getByRole('heading', { name: 'The payment was not made' }).waitFor();
      await payByCard(page, cards.secure);
      await page.getByRole('heading', { name: '3-D Secure check' }).waitFor();
      await page.getByRole('button', { name: 'Complete' }).click();
      const reference = await awaitConfirmed(page);
      await expectAccessible(page);
      await photograph(page, 'trip');

      const mail = await awaitMail(email, reference);
      expect(mail.from).toContain(shore.name);
      expect(mail.attachments.map(({ contentType }) => contentType.split(';')[0]).sort()).toEqual(
        expect.arrayContaining(['application/pdf', 'text/calendar']),
      );
      for (const { url, contentType } of mail.attachments.filter((each) => /pdf|calendar/.test(each.contentType))) {
        const start = (await readAttachment(url)).subarray(0, 15).toString('latin1');
        expect(start).toContain(contentType.startsWith('application/pdf') ? '%PDF-' : 'BEGIN:VCALENDAR');
      }
      for (const name of ['Itinerary (PDF)', 'Add to calendar (ICS)']) {
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
        expect(await download.failure()).toBeNull();
      }
    }));

  it('signs up, books a hotel in Rome, has the card kept and forgotten, and finds the trip under My trips', () =>
    visit(async ({ page }) => {
      const email = 'marco@example.test';
      await page.goto(urlOf(host));
      await signUp(page, email);
      await page.getByText(`${clara.givenName} ${clara.familyName}`).first().waitFor();
      await page.goto(urlOf(host, '/?tab=hotels'));
      const form = page.getByRole('search', { name: 'Search hotels' });
      await choosePlace(page, 'City or airport', 'ROM', 'Rome');
      await form.getByLabel('Check-in').fill(inDays(40));
      await form.getByLabel('Check-out').fill(inDays(42));
      await form.getByRole('button', { name: 'Search hotels' }).click();
      await page.getByRole('region', { name: 'Hotels found' }).waitFor();
      await expectAccessible(page);
      await photograph(page, 'hotels');
      const hotel = page.getByRole('article').first();
      const name = (await hotel.getByRole('heading').textContent()) ?? '';
      await hotel.getByRole('link', { name: /^See rooms/ }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await expectAccessible(page);
      await photograph(page, 'hotel');
      await page
        .getByRole('link', { name: /^Choose this room/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Your booking' }).waitFor();
      await fillCheckout(page, email, [clara, hugo]);
      await page.getByRole('button', { name: /^Pay .* by card$/ }).click();
      await page.getByLabel('Save my card for next time').check();
      await payByCard(page, cards.good);
      const reference = await awaitConfirmed(page);
      await page.goto(urlOf(host, '/account'));
      await page.getByRole('listitem').filter({ hasText: 'Visa ending in 4242' }).waitFor();
      await expectAccessible(page);
      await photograph(page, 'account', true);
      await page.getByRole('button', { name: 'Remove Visa ending in 4242' }).click();
      await page.getByText('Visa ending in 4242 was removed.').waitFor();
      await page.getByText('No card is saved.').waitFor();
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My trips' }).click();
      const trip = page.getByRole('listitem').filter({ hasText: reference });
      await trip.getByText('Confirmed').waitFor();
      expect(await trip.textContent()).toContain(name);
      await expectAccessible(page);
    }));
});

async function readPrices(amounts: { allTextContents(): Promise<string[]> }): Promise<number[]> {
  return (await amounts.allTextContents()).map((text) => Number(text.replace(/[^\d.]/g, '')));
}
