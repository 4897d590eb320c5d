import { createPinia } from 'pinia';
import { describe, expect, it } from 'vitest';
import { createApp, h } from 'vue';
import type { SessionAnswer } from '../api/session.ts';
import { useSession } from '../stores/session.ts';
import type { PackedRules } from './ability.ts';
import Can from './Can.vue';

const sessionWith = (rules: PackedRules): SessionAnswer => ({
  user: { id: 'u1', name: 'Ana', givenName: 'Ana', familyName: 'Ruiz', email: 'ana@example.test', locale: 'en' },
  role: 'agency_admin',
  agencyId: 'a1',
  rules,
  emailVerified: true,
  canChangeAgency: false,
  csrfToken: 'token',
  actingParty: null,
  brand: { id: 'b1', name: 'Sol', agencyId: null, locales: ['en'], defaultLocale: 'en', currency: 'EUR' },
});

async function show(rules: PackedRules, action: string, subject: string): Promise<string> {
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
  it('shows what the packed rules grant', async () => {
    expect(await show([['create,read', 'Agency,Brand']], 'create', 'Brand')).toBe('shown');
  });

  it('hides what no rule grants', async () => {
    expect(await show([['read', 'Agency']], 'update', 'Tier')).toBe('hidden');
  });

  it('shows everything of a subject to who may manage it', async () => {
    expect(await show([['manage', 'Tier']], 'update', 'Tier')).toBe('shown');
  });

  it('shows nothing before the session is known', async () => {
    expect(await show([], 'read', 'Agency')).toBe('hidden');
  });
});
