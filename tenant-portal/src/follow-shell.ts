import { nextTick } from 'vue';
import { isCurrent } from './chrome.ts';
import type { Router } from 'vue-router';

/**
 * The header round the app is the shell's own markup. Its links go through the router, and they, the reader's focus and
 * the language links follow each navigation.
 */
export function followShell(router: Router): void {
  document.addEventListener('click', (event) => {
    const link =
      event.target instanceof Element
        ? event.target.closest<HTMLAnchorElement>('a[data-nav], a.site-header__brand')
        : null;
    if (
      link === null ||
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || router.resolve(url.pathname).name === 'not-found') return;
    event.preventDefault();
    link.closest('details')?.removeAttribute('open');
    void router.push(url.pathname + url.search);
  });

  countActing();

  router.afterEach(async (to, from, failure) => {
    if (failure !== undefined) return;
    markCurrent(to.path);
    pointLanguages(to.fullPath);
    if (to.path === from.path) return;
    await nextTick();
    document.getElementById('main')?.focus({ preventScroll: true });
    const announcer = document.getElementById('page-announcer');
    if (announcer !== null) announcer.textContent = document.title;
  });
}

/** Minutes left of acting as somebody, above the header; at the end the page is asked for anew, as the person the browser then is. */
function countActing(): void {
  const shown = document.querySelector<HTMLElement>('[data-acting-until]');
  if (shown === null) return;
  const until = Date.parse(shown.dataset.actingUntil ?? '');
  const timer = setInterval(() => {
    const left = until - Date.now();
    if (left <= 0) {
      clearInterval(timer);
      location.reload();
    } else shown.textContent = String(Math.ceil(left / 60_000));
  }, 10_000);
}

function markCurrent(path: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-nav]')) {
    if (isCurrent(new URL(link.href).pathname, path)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function pointLanguages(fullPath: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.locale-links__link[lang]')) {
    const url = new URL(fullPath, location.origin);
    url.searchParams.set('lang', link.lang);
    link.setAttribute('href', url.pathname + url.search);
  }
}
