import { createMemoryHistory } from 'vue-router';
import { renderToString } from 'vue/server-renderer';
import { findChrome } from './chrome.ts';
import { createPortal } from './create-portal.ts';
import { loadMessages } from './i18n/messages.ts';
import { createRouteFiles } from './route-files.ts';
import type { PortalState, Render, RenderContext, RenderResult } from './contract.ts';

const readRouteFiles = createRouteFiles();

/** Renders one page for one request. Each call has its own app, router and stores. */
export const render: Render = async (url, context): Promise<RenderResult> => {
  const made = await openPortal(context);
  const { app, router, portal, pinia } = made;
  await router.push(url);
  await router.isReady();
  const ssrContext: { modules?: Set<string> } = {};
  const html = await renderToString(app, ssrContext);
  const { path, meta } = router.currentRoute.value;
  const texts = ['search', ...(meta.texts === undefined ? [] : [meta.texts])].map(
    (part) => `src/i18n/${context.locale}/${part}.ts`,
  );
  const state: PortalState = {
    brand: context.brand,
    session: context.session,
    locale: context.locale,
    messages: context.messages ?? {},
    now: portal.now,
    stores: pinia.state.value,
  };
  const { redirect } = portal.response;
  return {
    html,
    state,
    head: portal.head(),
    status: redirect === undefined ? portal.response.status : 302,
    ...(redirect === undefined ? {} : { redirect }),
    ...readRouteFiles([...(ssrContext.modules ?? []), ...texts]),
    ...findChrome(portal, path),
  };
};

async function openPortal(context: RenderContext) {
  return createPortal({
    brand: context.brand,
    session: context.session,
    locale: context.locale,
    texts: await loadMessages(context.locale, 'search'),
    replacements: context.messages ?? {},
    transport: context.api,
    now: context.now ?? new Date().toISOString(),
    history: createMemoryHistory(),
    hydrating: false,
  });
}
