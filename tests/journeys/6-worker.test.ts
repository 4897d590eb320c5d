import { afterAll, describe, expect, it } from 'vitest';
import { closeBrowser, visit } from './support/browser.ts';
import { shore } from './support/cast.ts';
import { awaitMail, findMails } from './support/inbox.ts';
import { pidOf, readSandbox, urlOf } from './support/stack.ts';
import { awaitConfirmed, cards, chooseExampleFlight, fillCheckout, hugo, payByCard } from './support/storefront.ts';

afterAll(closeBrowser);

interface Intent {
  id: string;
  status: string;
  amount_received: number;
}

describe('a worker that is killed between payment and confirmation', () => {
  it('leaves one charge, one order and one mail once it is back', () =>
    visit(async ({ page }) => {
      const email = 'hugo.crash@example.test';
      await page.goto(urlOf(shore.host));
      await chooseExampleFlight(page);
      await fillCheckout(page, email, [hugo]);
      await page.getByRole('button', { name: /^Pay .* by card$/ }).click();
      await page.getByLabel('Card number').waitFor();
      const known = new Set((await readIntents()).map(({ id }) => id));
      const ordersBefore = (await readOrders()).length;
      // Stopped first, so that the payment finds nobody; then dead for good, whatever it held.
      const before = pidOf('worker');
      process.kill(before, 'SIGSTOP');
      try {
        await payByCard(page, cards.good);
        await page.waitForURL(/\/trips\//);
        expect((await readOrders()).length).toBe(ordersBefore);
      } finally {
        process.kill(before, 'SIGKILL');
      }
      const reference = await awaitConfirmed(page);
      expect(pidOf('worker')).not.toBe(before);

      const intents = (await readIntents()).filter(({ id }) => !known.has(id));
      expect(intents).toEqual([expect.objectContaining({ status: 'succeeded', amount_received: 23970 })]);
      expect((await readOrders()).length - ordersBefore).toBe(1);
      await awaitMail(email, reference);
      expect(await findMails(email, '')).toHaveLength(1);
    }));
});

const readIntents = async (): Promise<Intent[]> =>
  (await readSandbox<{ data: Intent[] }>('stripe', 'payment_intents')).data;
const readOrders = async (): Promise<unknown[]> =>
  (await readSandbox<{ orders: unknown[] }>('duffel', 'orders')).orders;
