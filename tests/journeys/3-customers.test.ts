import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { shore } from './support/cast.ts';
import { awaitMail, readAttachment } from './support/inbox.ts';
import { callSite, urlOf } from './support/stack.ts';
import {
  awaitConfirmed,
  cards,
  clara,
  fillCheckout,
  hugo,
  leo,
  payByCard,
  searchFlights,
} from './support/storefront.ts';

afterAll(closeBrowser);

const { host } = shore;

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
});

async function readPrices(amounts: { allTextContents(): Promise<string[]> }): Promise<number[]> {
  return (await amounts.allTextContents()).map((text) => Number(text.replace(/[^\d.]/g, '')));
}
