import { createWebHistory } from 'vue-router';
import { createBrowserTransport } from './api/browser-transport.ts';
import { followShell } from './follow-shell.ts';
import { loadMessages } from './i18n/messages.ts';
import { createPortal } from './create-portal.ts';
import type { PortalState } from './contract.ts';
import './styles/portal.css';

async function start(): Promise<void> {
  const element = document.getElementById('app-state');
  if (element === null) throw new Error('The page carries no state element (#app-state).');
  const state = JSON.parse(element.textContent) as PortalState;
  const { app, pinia, router, portal } = createPortal({
    brand: state.brand,
    session: state.session,
    locale: state.locale,
    texts: await loadMessages(state.locale, 'search'),
    replacements: state.messages,
    transport: createBrowserTransport(() => state.session.csrfToken),
    now: state.now,
    history: createWebHistory(),
    hydrating: true,
  });
  pinia.state.value = state.stores as typeof pinia.state.value;
  await router.isReady().catch(() => undefined);
  app.mount('#app');
  portal.hydrating = false;
  followShell(router);
  document.documentElement.dataset['ready'] = 'true';
}

void start();
