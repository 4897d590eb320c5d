import type { Locator, Page } from 'playwright-core';
import { bornAged, inDays } from './cast.ts';
import { urlOf } from './stack.ts';

export interface FlightWish {
  from: string;
  to: string;
  adults?: number;
  childAges?: number[];
  oneWay?: boolean;
  days?: number;
}

/** Chooses a place by typing and taking the suggestion with that code. */
export async function choosePlace(page: Page, label: string, code: string, typed = code): Promise<void> {
  const field = page.getByRole('combobox', { name: label, exact: true });
  await field.fill(typed);
  await page.getByRole('listbox', { name: label }).getByRole('option').filter({ hasText: code }).first().click();
}

/** Fills the flight search of the page and sends it. */
export async function searchFlights(page: Page, wish: FlightWish): Promise<void> {
  const form = page.getByRole('search', { name: 'Search flights' });
  await choosePlace(page, 'From', wish.from);
  await choosePlace(page, 'To', wish.to);
  const days = wish.days ?? 45;
  await form.getByLabel('Departure').fill(inDays(days));
  await form.getByLabel('Return, if any').fill(wish.oneWay ? '' : inDays(days + 7));
  if (wish.adults || wish.childAges) await chooseTravellers(form, wish);
  await form.getByRole('button', { name: 'Search flights' }).click();
  await page.getByRole('region', { name: 'Flights found' }).waitFor();
}

async function chooseTravellers(form: Locator, { adults = 1, childAges = [] }: FlightWish): Promise<void> {
  await form.locator('summary').filter({ hasText: 'Travellers and cabin' }).click();
  const more = form.getByRole('button', { name: 'One more: Adults (18 or over)' });
  for (let count = 1; count < adults; count += 1) await more.click();
  for (const [index, age] of childAges.entries()) {
    await form.getByRole('button', { name: 'Add a child' }).click();
    await form.getByLabel(`Age of child ${index + 1}`).selectOption(String(age));
  }
  await form.getByRole('button', { name: 'Done' }).click();
}

export interface Person {
  givenName: string;
  familyName: string;
  age: number;
  gender: 'Female' | 'Male';
}

export const clara: Person = { givenName: 'Clara', familyName: 'Vidal', age: 38, gender: 'Female' };
export const hugo: Person = { givenName: 'Hugo', familyName: 'Vidal', age: 41, gender: 'Male' };
export const leo: Person = { givenName: 'Leo', familyName: 'Vidal', age: 8, gender: 'Male' };

/** Fills the checkout: who is written to, and who travels. */
export async function fillCheckout(page: Page, email: string, people: Person[]): Promise<void> {
  const contact = page.getByRole('region', { name: 'Contact' });
  const [first] = people;
  await contact.getByLabel('First names').fill(first?.givenName ?? '');
  await contact.getByLabel('Last names').fill(first?.familyName ?? '');
  await contact.getByLabel('E-mail').fill(email);
  await contact.getByLabel('Mobile phone').fill('+34 600 000 001');
  for (const [index, person] of people.entries()) {
    const group = page.getByRole('group', { name: `Traveller ${index + 1}` });
    await group.getByLabel('Title').selectOption(person.gender === 'Female' ? 'ms' : 'mr');
    await group.getByLabel('Gender in the document').selectOption({ label: person.gender });
    await group.getByLabel('First names').fill(person.givenName);
    await group.getByLabel('Last names').fill(person.familyName);
    await group.getByLabel('Date of birth').fill(bornAged(person.age));
    if ((await group.getByLabel('Passport number').count()) === 0) continue;
    await group.getByLabel('Passport number').fill(`PAX00000${index}`);
    await group.getByLabel('Issuing country').fill('ES');
    await group.getByLabel('Valid until').fill(inDays(2000));
  }
}

export const cards = { good: '4242424242424242', declined: '4000000000000002', secure: '4000002760003184' };

/** Fills the payment provider's hosted page and presses Pay. */
export async function payByCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry date').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('CLARA VIDAL');
  await page.getByRole('button', { name: /^Pay/ }).click();
}

/** Waits until the trip's page says that all is done; gives the booking's reference. */
export async function awaitConfirmed(page: Page): Promise<string> {
  await page.getByText(/^All done/).waitFor({ timeout: 60_000 });
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Signs in by the site's own page, from wherever that page was asked for. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Opens a page that needs a person, and signs that person in. */
export async function openSignedIn(
  page: Page,
  host: string,
  path: string,
  email: string,
  password: string,
): Promise<void> {
  await page.goto(urlOf(host, `/auth/login?returnTo=${encodeURIComponent(path)}`));
  await signIn(page, email, password);
  await page.waitForURL((url) => url.pathname === path);
}

/** Searches the flight of the worked example and opens its checkout: 200.00 net, of which 40.00 taxes. */
export async function chooseExampleFlight(page: Page): Promise<void> {
  await searchFlights(page, { from: 'VLC', to: 'BIO', oneWay: true });
  await page.getByLabel('Sort by').selectOption('price');
  const offer = page.getByRole('article', { name: /^Sandbox Airways/ }).filter({ hasText: 'Economy Classic' });
  await offer
    .first()
    .getByRole('link', { name: /^Choose/ })
    .click();
  await page.getByRole('heading', { name: 'Your booking' }).waitFor();
}
