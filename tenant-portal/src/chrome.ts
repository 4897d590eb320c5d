import type { ChromeLink } from './contract.ts';
import type { Portal } from './portal.ts';

/** Links of the shell's header, in the reader's language. */
export function findChrome(
  { i18n: { t }, session }: Portal,
  path: string,
): { nav: ChromeLink[]; accountLinks: ChromeLink[] } {
  const link = (label: string, href: string): ChromeLink => ({ label, href, current: isCurrent(href, path) });
  const nav = [link(t('nav.flights'), '/flights'), link(t('nav.hotels'), '/hotels'), link(t('nav.trips'), '/trips')];
  if (session.user === null) {
    const back = `?returnTo=${encodeURIComponent(path)}`;
    return {
      nav,
      accountLinks: [link(t('nav.signIn'), `/auth/login${back}`), link(t('nav.signUp'), `/account/sign-up${back}`)],
    };
  }
  return { nav, accountLinks: [link(t('nav.account'), '/account')] };
}

export const isCurrent = (href: string, path: string): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
