import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessibility.ts';
import { closeBrowser, photograph, visit } from './support/browser.ts';
import { shore } from './support/cast.ts';
import { urlOf } from './support/stack.ts';
import { searchFlights } from './support/storefront.ts';

afterAll(closeBrowser);

/** Nothing sticks out of the page to the side. */
async function expectNoOverflow(page: Page): Promise<void> {
  const width = await page.locator('html').evaluate((root: { scrollWidth: number; clientWidth: number }) => ({
    content: root.scrollWidth,
    window: root.clientWidth,
  }));
  expect(width.content, page.url()).toBeLessThanOrEqual(width.window);
}

describe('everybody', () => {
  it('on a phone, searches and comes to the checkout without scrolling sideways', () =>
    visit(
      async ({ page }) => {
        await page.goto(urlOf(shore.host));
        await expectNoOverflow(page);
        await photograph(page, 'phone-storefront');
        await expectAccessible(page);
        await searchFlights(page, { from: 'MAD', to: 'JFK' });
        await expectNoOverflow(page);
        await photograph(page, 'phone-results');
        await page
          .getByRole('link', { name: /^Choose/ })
          .first()
          .click();
        await page.getByRole('heading', { name: 'Your booking' }).waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page);
        await photograph(page, 'phone-checkout');
      },
      { phone: true },
    ));

  it('with the keyboard alone, searches', () =>
    visit(async ({ page }) => {
      await page.goto(urlOf(shore.host));
      for (const [label, code] of [
        ['From', 'MAD'],
        ['To', 'JFK'],
      ] as const) {
        await tabTo(page, page.getByRole('combobox', { name: label, exact: true }));
        await page.keyboard.type(code);
        await page.getByRole('option').filter({ hasText: code }).first().waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
      }
      await tabTo(page, page.getByRole('search').getByRole('button', { name: 'Search flights' }));
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Flights found' }).waitFor();
    }));

  it('is protected by the page policy: what somebody planted in a page never runs', () =>
    visit(async ({ page, faults }) => {
      faults.expectViolations();
      await page.addInitScript(() => {
        const global = globalThis as unknown as Record<string, unknown> & EventTarget;
        global['violations'] = [];
        global.addEventListener('securitypolicyviolation', (event) =>
          (global['violations'] as string[]).push(
            (event as unknown as { effectiveDirective: string }).effectiveDirective,
          ),
        );
      });
      await page.route(urlOf(shore.host), async (route) => {
        const { host, port, pathname } = new URL(route.request().url());
        // Node knows no names below localhost.
        const answer = await route.fetch({
          url: `http://127.0.0.1:${port}${pathname}`,
          headers: { ...route.request().headers(), host },
        });
        const planted = '<script>window.planted = 1</script><b id="p" onclick="window.planted = 2">x</b>';
        await route.fulfill({ response: answer, body: (await answer.text()).replace('</main>', `${planted}</main>`) });
      });
      await page.goto(urlOf(shore.host));
      const found = await page.evaluate(async () => {
        const { document, planted, violations } = globalThis as unknown as {
          document: { querySelector(name: string): { innerHTML: string; click(): void } };
          planted: unknown;
          violations: string[];
        };
        document.querySelector('#p').click();
        try {
          document.querySelector('body').innerHTML = '<img src=x onerror="window.planted = 3">';
        } catch {
          // Trusted Types say no.
        }
        // Violations are reported a moment later.
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { planted, violations };
      });
      expect(found.planted).toBeUndefined();
      expect(new Set(found.violations)).toEqual(
        new Set(['script-src-elem', 'script-src-attr', 'require-trusted-types-for']),
      );
    }));

  it('in Spanish, is served Spanish', () =>
    visit(
      async ({ page }) => {
        await page.goto(urlOf(shore.host));
        await page.getByRole('link', { name: 'Español' }).first().click();
        await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('es');
        await page.getByRole('button', { name: 'Buscar vuelos' }).waitFor();
        await expectAccessible(page);
        await photograph(page, 'storefront-es');
      },
      { locale: 'es-ES' },
    ));
});

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element: Focusable) => element.ownerDocument.activeElement === element)) return;
  }
  throw new Error(`Tab never came to ${target}`);
}

interface Focusable {
  ownerDocument: { activeElement: unknown };
}
