import type { Page } from 'playwright-core';
import { password } from './stack.ts';
import { openSignedIn } from './storefront.ts';

/** Opens a page of the console as somebody who signs in for it. */
export async function openConsole(page: Page, host: string, path: string, email: string): Promise<void> {
  await openSignedIn(page, host, `/console${path}`, email, password);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Waits for the note that something was done. */
export async function awaitToast(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** Fills the form of a markup rule. Amounts as people type them. */
export async function fillRule(
  page: Page,
  rule: { name: string; percent: string } | { name: string; fixed: string },
): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(rule.name);
  if ('percent' in rule) {
    await page.getByRole('radio', { name: 'A percentage' }).check();
    await page.getByLabel('Percentage', { exact: true }).fill(rule.percent);
    await page.getByLabel('Of', { exact: true }).selectOption('total');
  } else {
    await page.getByRole('radio', { name: 'A fixed amount' }).check();
    await page.getByLabel('Amount', { exact: true }).fill(rule.fixed);
    await page.getByLabel('For each').selectOption('booking');
  }
}

export async function openAgencyTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** Invites a person to the agency whose page is open. */
export async function inviteTo(page: Page, email: string, role: 'agent' | 'agency_admin'): Promise<void> {
  await openAgencyTab(page, 'People');
  const form = page.getByRole('region', { name: 'Invite a person' });
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Role').selectOption(role);
  await form.getByRole('button', { name: 'Send invitation' }).click();
  await awaitToast(page, `An invitation is on its way to ${email}.`);
}
