import type { ChromeLink } from './contract.ts';
import type { Portal } from './portal.ts';

/** Links of the shell's header and footer, in the reader's language. */
export function findChrome(
  { i18n: { t }, session }: Portal,
  path: string,
): { nav: ChromeLink[]; accountLinks: ChromeLink[]; footerLinks: ChromeLink[] } {
  const link = (label: string, href: string): ChromeLink => ({ label, href, current: isCurrent(href, path) });
  const nav = [link(t('nav.flights'), '/flights'), link(t('nav.hotels'), '/hotels'), link(t('nav.trips'), '/trips')];
  const footerLinks = [link(t('nav.partners'), '/partners/apply')];
  if (session.user === null) {
    const back = `?returnTo=${encodeURIComponent(path)}`;
    return {
      nav,
      footerLinks,
      accountLinks: [link(t('nav.signIn'), `/auth/login${back}`), link(t('nav.signUp'), `/account/sign-up${back}`)],
    };
  }
  return { nav, footerLinks, accountLinks: [link(t('nav.account'), '/account')] };
}

export const isCurrent = (href: string, path: string): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
