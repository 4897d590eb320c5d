/** What the server and the portal agree on. Types only: the server imports them without loading the portal. */

export type Locale = 'en' | 'es';

export type PublicBrand = {
  id: string;
  /** The name travellers know. */
  name: string;
  origin: string;
  theme: string;
  logoUrl: string | null;
  locales: readonly string[];
  defaultLocale: string;
  currency: string;
  legal: { companyName: string; taxId?: string; address?: string; licence?: string; email: string; phone?: string };
  contactEmail?: string;
  agencyName: string;
};

export type SessionUser = { id: string; name: string; email: string; role: string; emailVerified: boolean };
/** `acting`: somebody else sits before the session and acts as the user. */
export type SessionInfo = { user: SessionUser | null; csrfToken: string | null; acting?: boolean };

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A call of `/api/v1`. `path` starts with a slash and leaves that prefix out. */
export type ApiRequest = {
  method: ApiMethod;
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
};
export type ApiAnswer = { status: number; body: unknown };
export type ApiTransport = (request: ApiRequest) => Promise<ApiAnswer>;

export type RenderContext = {
  brand: PublicBrand;
  session: SessionInfo;
  locale: Locale;
  /** Texts that replace the portal's own, by key. */
  messages?: Readonly<Record<string, string>>;
  api: ApiTransport;
  nonce: string;
  /** The request's instant, ISO 8601; the clock's when absent. */
  now?: string;
};

export type PageHead = { title: string; description: string; canonical?: string; robots?: string };
export type ChromeLink = { label: string; href: string; current: boolean };

export type RenderResult = {
  html: string;
  /** Serialise it, escaped, into the shell's state element: the browser starts from it without asking again. */
  state: unknown;
  head: PageHead;
  status: number;
  /** Set: answer with a redirect (303 after a form, else 302) instead of the page. */
  redirect?: string;
  /** Script chunks of this route, for `modulepreload`. */
  preload: string[];
  /** Style sheets and entry scripts of this route, as public addresses. */
  styles: string[];
  scripts: string[];
  /** Links of the shell's header for this reader. */
  nav: ChromeLink[];
  accountLinks: ChromeLink[];
  /** Links at the foot of every page, beside those to pages the brand wrote. */
  footerLinks: ChromeLink[];
};

export type Render = (url: string, context: RenderContext) => Promise<RenderResult>;

/** What travels from the server's renderer to the browser. */
export type PortalState = {
  brand: PublicBrand;
  session: SessionInfo;
  locale: Locale;
  messages: Readonly<Record<string, string>>;
  now: string;
  stores: Record<string, unknown>;
};
