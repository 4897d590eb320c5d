// Bundled by the bench of the results page: the storefront's own page, opened once, drawn again and again.
import { renderToString } from 'vue/server-renderer';
import { createMemoryHistory } from 'vue-router';
import type { PublicBrand } from '../../tenant-portal/src/contract.ts';
import { createPortal } from '../../tenant-portal/src/create-portal.ts';
import { loadMessages } from '../../tenant-portal/src/i18n/messages.ts';

/** Opens a page over one recorded answer of the search; what it returns draws the same tree each time. */
export async function openPage(url: string, { brand, search }: { brand: PublicBrand; search: unknown }) {
  const { app, router } = createPortal({
    brand,
    session: { user: null, csrfToken: null },
    locale: 'en',
    texts: await loadMessages('en', 'search'),
    replacements: {},
    transport: () => Promise.resolve({ status: 201, body: search }),
    now: new Date().toISOString(),
    history: createMemoryHistory(),
    hydrating: false,
  });
  await router.push(url);
  await router.isReady();
  return (): Promise<string> => renderToString(app, {});
}
