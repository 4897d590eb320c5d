import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { agencyB, shore } from './support/cast.ts';
import { awaitMail } from './support/inbox.ts';
import { password } from './support/stack.ts';
import { awaitConfirmed, chooseExampleFlight, fillCheckout, hugo, openSignedIn } from './support/storefront.ts';

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
});
