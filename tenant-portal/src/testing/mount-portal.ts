import { createMemoryHistory } from 'vue-router';
import { createPortal } from '../create-portal.ts';
import booking from '../i18n/en/booking.ts';
import search from '../i18n/en/search.ts';
import { PORTAL } from '../portal.ts';
import { createPinia } from 'pinia';
import { createApp, h } from 'vue';
import type { Component } from 'vue';
import type { ApiTransport, PublicBrand } from '../contract.ts';

export const brand: PublicBrand = {
  id: 'b1',
  name: 'Sol Viajes',
  origin: 'https://sol.test',
  theme: 'marea',
  logoUrl: null,
  locales: ['en', 'es'],
  defaultLocale: 'en',
  currency: 'EUR',
  legal: { companyName: 'Sol Viajes S.L.', email: 'hola@sol.test' },
  agencyName: 'Sol Viajes',
};

export const silent: ApiTransport = () => Promise.resolve({ status: 404, body: { code: 'not_found' } });

/** Mounts one component inside a portal of its own; its listeners and props go in `attributes`. */
export function mountInPortal(
  component: Component,
  attributes: Record<string, unknown> = {},
  transport: ApiTransport = silent,
) {
  const { portal, router } = createPortal({
    brand,
    session: { user: null, csrfToken: null },
    locale: 'en',
    texts: { ...search, ...booking },
    replacements: {},
    transport,
    now: '2026-11-23T12:00:00Z',
    history: createMemoryHistory(),
    hydrating: false,
  });
  const element = document.body.appendChild(document.createElement('div'));
  const app = createApp({ render: () => h(component, attributes) });
  app.provide(PORTAL, portal).use(createPinia()).use(router).mount(element);
  return {
    element,
    router,
    unmount: () => {
      app.unmount();
      element.remove();
    },
  };
}
