import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { agencyA, agencyB, coral, shore } from './support/cast.ts';
import { openConsole } from './support/console.ts';
import { callSite, urlOf } from './support/stack.ts';
import { awaitConfirmed, cards, chooseExampleFlight, clara, fillCheckout, payByCard } from './support/storefront.ts';

afterAll(closeBrowser);

// The worked example: net 200.00, reseller 15 %, A 5.00, B 2 %; tiers gold and silver. What each level alone may see:
const ofReseller = ['€200.00', '€9.00'];
const ofAgencyA = ['€230.00', '€5.00', '€5.70', '€10.70'];
const ofAgencyB = ['€235.00', '€4.70', '€13.30', '€18.00'];
const total = '€239.70';

const sale = { reference: '', id: '' };

async function openBooking(page: Page, host: string, email: string): Promise<void> {
  await openConsole(page, host, '/bookings', email);
  await page.getByRole('searchbox', { name: /Reference or traveller/ }).fill(sale.reference);
  await page.getByRole('link', { name: sale.reference }).click();
  await page.getByText(sale.reference).first().waitFor();
  await page.getByRole('heading', { name: /earned$/ }).waitFor();
}

const readMain = async (page: Page): Promise<string> => (await page.getByRole('main').textContent()) ?? '';

describe('one sale through four levels', () => {
  it('the customer pays 239.70 and is shown nobody’s share', () =>
    visit(async ({ page }) => {
      await page.goto(urlOf(shore.host));
      await chooseExampleFlight(page);
      await page.getByRole('complementary', { name: 'Summary' }).getByText(total).waitFor();
      await fillCheckout(page, 'clara.example@example.test', [clara]);
      await page.getByRole('button', { name: `Pay ${total} by card` }).click();
      await payByCard(page, cards.good);
      sale.reference = await awaitConfirmed(page);
      const html = await page.content();
      expect(html).toContain('239.70');
      for (const figure of [...ofReseller, ...ofAgencyA, ...ofAgencyB]) expect(html).not.toContain(figure);
    }));

  it('the reseller sees what each level earned, balanced books and the invoice', () =>
    visit(async ({ page }) => {
      await openBooking(page, coral.host, coral.owner);
      sale.id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      const rows = page.getByRole('table', { name: 'What each level earned' }).getByRole('row');
      for (const figure of ofAgencyA)
        await rows.filter({ hasText: agencyA.name }).getByText(figure, { exact: true }).waitFor();
      for (const figure of ofAgencyB)
        await rows.filter({ hasText: agencyB.name }).getByText(figure, { exact: true }).waitFor();
      for (const figure of [...ofReseller, total]) expect(await readMain(page)).toContain(figure);
      await expectAccessible(page);
      await photograph(page, 'console');

      await page.getByRole('link', { name: 'Balances' }).click();
      await page.getByText('Balanced: debit and credit differ by zero').first().waitFor();
      expect(await page.getByText(/^Debit and credit differ by/).count()).toBe(0);
      await expectAccessible(page);
      await photograph(page, 'console-balances');

      await page.getByRole('link', { name: 'Invoices', exact: true }).click();
      const invoice = page
        .getByRole('row')
        .filter({ hasText: sale.reference })
        .getByRole('link', { name: /as PDF$/ });
      const start = await page.evaluate(
        async (href) => (await (await fetch(href)).text()).slice(0, 5),
        (await invoice.getAttribute('href')) ?? '',
      );
      expect(start).toBe('%PDF-');
      await expectAccessible(page);
    }));

  it('agency A sees its own part and nothing of the reseller’s', () =>
    visit(async ({ page }) => {
      const answers: string[] = [];
      page.on('response', (response) => {
        if (!new URL(response.url()).pathname.startsWith('/api/')) return;
        void response.text().then(
          (text) => answers.push(text),
          () => {},
        );
      });
      await openBooking(page, coral.host, agencyA.admin);
      const text = await readMain(page);
      for (const figure of ofAgencyA) expect(text).toContain(figure);
      for (const figure of ofReseller) expect(text).not.toContain(figure);
      await expectAccessible(page);
      await photograph(page, 'console-agency');
      expect(answers.length).toBeGreaterThan(0);
      for (const word of ['"net"', '"margin"', '"platformFee"', '"chain"'])
        expect(answers.join('')).not.toContain(word);
    }));
});

describe('the same by API', () => {
  const credentials = { id: '', secret: '', tokenUrl: '' };

  it('a client made in the console reads the booking with a token of the issuer', async () => {
    await visit(async ({ page }) => {
      await openConsole(page, coral.host, '/settings/api-clients', coral.owner);
      await page.getByRole('button', { name: 'New API client' }).first().click();
      await page.getByRole('dialog').getByLabel('Name').fill('Accounting export');
      await page.getByRole('dialog').getByRole('button', { name: 'Create client' }).click();
      const shown = page.getByRole('dialog', { name: 'Copy the secret now' });
      credentials.id = await shown.getByLabel('Client id', { exact: true }).inputValue();
      credentials.secret = await shown.getByLabel('Client secret', { exact: true }).inputValue();
      credentials.tokenUrl = await shown.getByLabel('Token address', { exact: true }).inputValue();
      await expectAccessible(page);
    });
    const token = await takeToken();
    const mine = await callSite(coral.host, `/api/v1/bookings/${sale.id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(mine.status).toBe(200);
    expect(JSON.parse(mine.text)).toMatchObject({
      reference: sale.reference,
      total: { amount: 23970, currency: 'EUR' },
      earnings: { net: { amount: 20000 }, platformFee: { amount: 200 }, margin: { amount: 900 } },
    });
  });

  it('the token of one reseller is worth nothing at another', async () => {
    const token = await takeToken();
    const elsewhere = await callSite('meridian.localhost', '/api/v1/bookings', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(elsewhere.status).toBe(401);
    expect(elsewhere.headers['content-type']).toContain('application/problem+json');
  });

  async function takeToken(): Promise<string> {
    const { pathname, hostname } = new URL(credentials.tokenUrl);
    const answer = await callSite(hostname, pathname, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${credentials.id}:${credentials.secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    expect(answer.status, answer.text).toBe(200);
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  }
});
