import { createPinia } from 'pinia';
import { describe, expect, it } from 'vitest';
import { createApp, h } from 'vue';
import type { SessionAnswer } from '../api/session.ts';
import { useSession } from '../stores/session.ts';
import type { AppRule } from './ability.ts';
import Can from './Can.vue';

const sessionWith = (rules: AppRule[]): SessionAnswer => ({
  user: { id: 'u1', name: 'Ana', givenName: 'Ana', familyName: 'Ruiz', email: 'ana@example.test', locale: 'en' },
  role: 'agency_admin',
  agencyId: 'a1',
  rules,
  emailVerified: true,
  csrfToken: 'token',
  brand: { id: 'b1', name: 'Sol', agencyId: null, locales: ['en'], defaultLocale: 'en', currency: 'EUR' },
});

async function show(rules: AppRule[], action: string, subject: string): Promise<string> {
  const element = document.createElement('div');
  const app = createApp({
    render: () => h(Can, { do: action, on: subject }, { default: () => 'shown', otherwise: () => 'hidden' }),
  });
  app.use(createPinia());
  await useSession().load({ read: () => Promise.resolve(sessionWith(rules)) });
  app.mount(element);
  return element.textContent;
}

describe('what a role is shown', () => {
  it('shows what a rule grants, also where it grants it for some only', async () => {
    const rules: AppRule[] = [
      { action: ['read', 'create'], subject: ['Agency'], conditions: { path: { startsWith: '/a1/' } } },
    ];
    expect(await show(rules, 'create', 'Agency')).toBe('shown');
  });

  it('hides what no rule grants', async () => {
    expect(await show([{ action: 'read', subject: 'Agency' }], 'update', 'Tier')).toBe('hidden');
  });

  it('shows everything to who may manage all', async () => {
    expect(await show([{ action: 'manage', subject: 'all' }], 'update', 'Tier')).toBe('shown');
  });

  it('decides by conditions when a thing itself is asked about', async () => {
    await show([{ action: 'adjust', subject: 'Wallet', conditions: { parentAgencyId: 'a1' } }], 'adjust', 'Wallet');
    const { ability } = useSession();
    expect(ability.can('adjust', 'Wallet')).toBe(true);
  });
});
