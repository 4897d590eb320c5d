import { computed, inject, onScopeDispose, watchEffect } from 'vue';
import { formatDay, formatDayWithYear, formatInstant } from './formatting/dates.ts';
import { formatMoney } from './formatting/money.ts';
import type { InjectionKey } from 'vue';
import type { ApiClient } from './api/client.ts';
import type { Money } from './api/types.ts';
import type { PageHead, PublicBrand, SessionInfo } from './contract.ts';
import type { Translator } from './i18n/translator.ts';

/** Everything one request, or one open browser page, has of its own. Nothing of it lives in a module. */
export type Portal = {
  brand: PublicBrand;
  session: SessionInfo;
  i18n: Translator;
  api: ApiClient;
  /** Instant of the request, so that server and browser count days from the same one. */
  now: string;
  /** Today in UTC. */
  today: string;
  /** True until the browser has taken over the server's page. */
  hydrating: boolean;
  response: { status: number; redirect?: string };
  head: () => PageHead;
};

export const PORTAL: InjectionKey<Portal> = Symbol('portal');

export function usePortal(): Portal {
  const portal = inject(PORTAL);
  if (portal === undefined) throw new Error('usePortal() needs the app of createPortal().');
  return portal;
}

export const useApi = (): ApiClient => usePortal().api;

/** Texts and formats of the page's language. */
export function useI18n() {
  const { i18n } = usePortal();
  const { locale } = i18n;
  return {
    ...i18n,
    money: (money: Money) => formatMoney(money, locale),
    day: (local: string) => formatDay(local, locale),
    dayWithYear: (local: string) => formatDayWithYear(local, locale),
    instant: (at: string, zone?: string) => formatInstant(at, locale, zone),
  };
}

const AGENT_ROLES: readonly string[] = ['agent', 'agency_admin'];
/** Who sells: these may send a client a payment link. */
const STAFF_ROLES: readonly string[] = [...AGENT_ROLES, 'reseller_admin', 'reseller_staff'];

export function useSession() {
  const { session } = usePortal();
  const has = (roles: readonly string[]) => computed(() => roles.includes(session.user?.role ?? ''));
  return { ...session, isAgent: has(AGENT_ROLES), isStaff: has(STAFF_ROLES) };
}

/** Title and description of the page; the server reads them after rendering, the browser keeps the tab's title with them. */
export function useHead(head: () => Partial<PageHead> & { title: string }): void {
  const portal = usePortal();
  const source = (): PageHead => ({ description: '', ...head() });
  portal.head = source;
  if (import.meta.env.SSR) return;
  watchEffect(() => {
    const { title } = source();
    document.title = title === '' ? portal.brand.name : `${title} · ${portal.brand.name}`;
  });
  onScopeDispose(() => {
    if (portal.head === source) portal.head = () => ({ title: '', description: '' });
  });
}

/** Sets the HTTP status of the page being rendered on the server. */
export function useStatus(status: number): void {
  usePortal().response.status = status;
}
