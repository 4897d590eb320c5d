import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { agencyB, shore } from './support/cast.ts';
import { awaitMail } from './support/inbox.ts';
import { openConsole } from './support/console.ts';
import { password, urlOf } from './support/stack.ts';
import {
  awaitConfirmed,
  cards,
  chooseExampleFlight,
  clara,
  fillCheckout,
  hugo,
  openSignedIn,
  payByCard,
} from './support/storefront.ts';

afterAll(closeBrowser);

describe('an agent of the sub-agency', () => {
  it('books for a client from the wallet and sees what the agency pays and earns', () =>
    visit(async ({ page }) => {
      const client = 'hugo.client@example.test';
      await openSignedIn(page, shore.host, '/', agencyB.agent, password);
      await chooseExampleFlight(page);
      const summary = page.getByRole('complementary', { name: 'Summary' });
      await summary.getByText('€239.70').waitFor();
      for (const figure of ['€235.00', '€4.70', '€13.30']) await summary.getByText(figure).first().waitFor();
      await page.getByRole('radio', { name: /^From the agency's wallet/ }).check();
      await fillCheckout(page, client, [hugo]);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Book and pay €235.00 from the wallet' }).click();
      const reference = await awaitConfirmed(page);
      const earnings = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: "Your agency's earnings" }) });
      for (const figure of ['€235.00', '€4.70', '€13.30', '€239.70', '€18.00'])
        await earnings.getByText(figure).waitFor();
      await photograph(page, 'agent-trip');
      const mail = await awaitMail(client, reference);
      for (const secret of ['235.00', '18.00', '13.30']) expect(`${mail.text} ${mail.html}`).not.toContain(secret);

      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My trips' }).click();
      await page.getByRole('listitem').filter({ hasText: reference }).getByText('€18.00').waitFor();
      await expectAccessible(page);
    }));

  it('books as a customer, comes back to the console, and the customer finds the trip', async () => {
    const customer = 'marco@example.test';
    const name = `${clara.givenName} ${clara.familyName}`;
    let reference = '';
    await visit(async ({ page }) => {
      await openConsole(page, shore.host, '/customers', agencyB.agent);
      await page
        .getByRole('row')
        .filter({ hasText: customer })
        .getByRole('button', { name: `Book for ${name}` })
        .click();
      const banner = page.getByRole('region', { name: 'You are booking for somebody else' });
      await banner.getByText(`You are booking for ${name}.`).waitFor();
      await page.goto(urlOf(shore.host, '/account'));
      await page.getByText('Password, sign-in and data are the customer’s own to see and change.').waitFor();
      await expectAccessible(page);
      await page.goto(urlOf(shore.host, '/?lang=es'));
      await page.getByText(`Estás reservando para ${name}.`).waitFor();
      await page.goto(urlOf(shore.host, '/?lang=en'));
      await chooseExampleFlight(page);
      expect(await page.getByText("From the agency's wallet").count()).toBe(0);
      expect(await page.getByText('€235.00').count()).toBe(0);
      await fillCheckout(page, customer, [clara]);
      await expectAccessible(page);
      await photograph(page, 'acting-checkout');
      await page.getByRole('button', { name: /^Pay .* by card$/ }).click();
      await payByCard(page, cards.good);
      reference = await awaitConfirmed(page);
      await banner.getByRole('button', { name: 'End' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Customers' }).waitFor();
      expect(await page.getByText('You are booking for').count()).toBe(0);
      await expectAccessible(page);
    });
    await awaitMail(customer, reference);
    await visit(async ({ page }) => {
      await openSignedIn(page, shore.host, '/trips', customer, password);
      await page.getByRole('listitem').filter({ hasText: reference }).getByRole('link').first().click();
      await page.getByText(/Booked by \S+/).waitFor();
      await photograph(page, 'acting-trip');
    });
  });
});
