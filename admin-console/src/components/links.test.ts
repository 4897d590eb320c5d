import { createPinia, setActivePinia } from 'pinia';
import { describe, expect, it } from 'vitest';
import { createApp, h, type Component } from 'vue';
import type { PackedRules } from '../access/ability.ts';
import type { SessionAnswer } from '../api/session.ts';
import { createConsoleRouter } from '../router/index.ts';
import { useSession } from '../stores/session.ts';
import AgencyLink from './AgencyLink.vue';
import BookingLink from './BookingLink.vue';

const sessionWith = (rules: PackedRules): SessionAnswer => ({
  user: { id: 'u1', name: 'Ana', givenName: 'Ana', familyName: 'Ruiz', email: 'ana@example.test', locale: 'en' },
  role: 'reseller_staff',
  agencyId: null,
  emailVerified: true,
  canChangeAgency: false,
  csrfToken: 'token',
  actingParty: null,
  brand: { id: 'b1', name: 'Sol', agencyId: null, locales: ['en'], defaultLocale: 'en', currency: 'EUR' },
  rules,
});

async function show(subject: string, link: Component, props: Record<string, unknown>): Promise<string> {
  const element = document.createElement('div');
  const pinia = createPinia();
  setActivePinia(pinia);
  await useSession().load({ read: () => Promise.resolve(sessionWith([['read', subject]])) });
  createApp({ render: () => h(link, props) })
    .use(pinia)
    .use(createConsoleRouter(useSession()))
    .mount(element);
  return element.innerHTML;
}

describe('a link to a booking or an agency', () => {
  const booking = { booking: { id: 'b1', reference: 'ABC123' } };
  const agency = { agency: { id: 'a1', name: 'Sol' }, tab: 'wallet' };

  it('leads there for whoever may read it', async () => {
    expect(await show('Booking', BookingLink, booking)).toContain('href="/console/bookings/b1"');
    expect(await show('Agency', AgencyLink, agency)).toContain('href="/console/agencies/a1/wallet"');
  });

  it('is the bare name for everybody else', async () => {
    for (const [link, props, name] of [
      [BookingLink, booking, 'ABC123'] as const,
      [AgencyLink, agency, 'Sol'] as const,
    ]) {
      const shown = await show('Wallet', link, props);
      expect(shown).toContain(name);
      expect(shown).not.toContain('href');
    }
  });
});
