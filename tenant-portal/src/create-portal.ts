import { createPinia } from 'pinia';
import { createSSRApp } from 'vue';
import App from './App.vue';
import { createApiClient } from './api/client.ts';
import { loadMessages } from './i18n/messages.ts';
import { createTranslator } from './i18n/translator.ts';
import { PORTAL } from './portal.ts';
import { createPortalRouter } from './router.ts';
import type { RouterHistory } from 'vue-router';
import type { ApiTransport, Locale, PublicBrand, SessionInfo } from './contract.ts';
import type { Messages } from './i18n/messages.ts';
import type { Portal } from './portal.ts';

export type PortalInput = {
  brand: PublicBrand;
  session: SessionInfo;
  locale: Locale;
  texts: Messages;
  replacements: Readonly<Record<string, string>>;
  transport: ApiTransport;
  now: string;
  history: RouterHistory;
  hydrating: boolean;
};

/** A fresh app with its own router and stores: one per request on the server, one per page in the browser. */
export function createPortal(input: PortalInput) {
  const portal: Portal = {
    brand: input.brand,
    session: input.session,
    i18n: createTranslator(input.locale, input.texts, input.replacements),
    api: createApiClient(input.transport),
    now: input.now,
    today: input.now.slice(0, 10),
    hydrating: input.hydrating,
    response: { status: 200 },
    head: () => ({ title: '', description: '' }),
  };
  const app = createSSRApp(App);
  const pinia = createPinia();
  const router = createPortalRouter(input.history);
  router.beforeResolve(async (to) => {
    if (to.meta.texts) portal.i18n.add(await loadMessages(input.locale, to.meta.texts));
  });
  app.provide(PORTAL, portal);
  app.use(pinia);
  app.use(router);
  return { app, pinia, router, portal };
}
