import { describe, expect, it } from 'vitest';
import { createThemes } from './index.ts';
import { AUTH_PAGE_NAMES } from './pages.ts';
import { buildBrand, THEMES_ROOT } from './testing.ts';
import type { AuthPages } from './pages.ts';
import type { ThemedBrand } from './brand.ts';

const themes = createThemes({ root: THEMES_ROOT, production: true });
const hostile = '<script>alert("1")</script>';

const form = { action: '/oidc/x', csrfToken: 'token-1' };
const pages: AuthPages = {
  'sign-in': { ...form, values: { email: hostile }, links: { signUp: '/sign-up' }, formError: 'credentials_invalid' },
  'sign-up': { ...form, minPasswordLength: 12, errors: { email: 'email_taken' }, links: { signIn: '/sign-in' } },
  'check-email': { email: hostile, links: {} },
  'forgot-password': { ...form, links: { signIn: '/sign-in' } },
  'reset-password': { ...form, hidden: { token: '"><b>' }, minPasswordLength: 12 },
  'accept-invitation': {
    ...form,
    email: 'a@b.example',
    organisationName: hostile,
    role: hostile,
    minPasswordLength: 12,
    links: {},
  },
  'choose-agency': { ...form, agencies: [{ value: 'home', name: hostile, roleName: hostile, checked: true }] },
  'second-factor': { ...form, email: hostile, errors: { code: 'code_invalid' } },
  'enrol-totp': { ...form, picture: 'data:image/png;base64,AA==', secretText: hostile, required: true },
  'recovery-codes': { codes: [hostile], continueUrl: '/account/security' },
  'new-passkey': { ...form, values: { name: hostile }, host: hostile, links: { cancel: '/' } },
  'account-security': {
    csrfToken: 'token-1',
    email: hostile,
    minPasswordLength: 12,
    secondFactor: { enrolled: true, codesLeft: 3, required: false },
    passkeys: [{ id: '1', name: hostile, rpId: hostile, createdAt: new Date(0), lastUsedAt: null }],
    sessions: [
      {
        id: '2',
        browser: hostile,
        ip: hostile,
        startedAt: new Date(0),
        lastSeenAt: new Date(0),
        current: false,
        byOperator: true,
      },
    ],
    hasOthers: true,
    hasAgencies: true,
    backUrl: '/account',
  },
  'sso-continue': { providerName: 'Contoso', continueUrl: '/x', backUrl: '/y' },
  'verify-email-done': { continueUrl: '/' },
  'sign-out-confirm': { ...form, links: { cancel: '/' } },
  consent: { ...form, clientName: hostile, scopes: ['openid', hostile] },
  'form-post': {
    action: 'https://app.test/cb',
    clientName: hostile,
    fields: [{ name: 'state', value: hostile }],
    script: '/x.js',
  },
  'device-code': { ...form, values: { userCode: hostile } },
  'device-confirm': { ...form, clientName: hostile, userCode: hostile },
  'device-done': { clientName: hostile },
  impersonate: { ...form, personName: hostile, operator: hostile, reason: hostile, minutes: 15 },
  error: { heading: hostile, message: hostile },
};

function renderPage(page: keyof AuthPages, brand: ThemedBrand, locale: string): string {
  const input = { brand, locale, nonce: 'n0nce', ...pages[page] };
  return themes.renderAuthPage(page, input);
}

describe.each(['meridiano', 'marea'])('pages of %s', (theme) => {
  const brand = buildBrand({
    theme,
    name: hostile,
    legal: { ...buildBrand().legal, companyName: hostile, address: hostile },
  });

  it.each(AUTH_PAGE_NAMES)('renders %s in both languages with every hostile value escaped', (page) => {
    const [en, es] = [renderPage(page, brand, 'en'), renderPage(page, brand, 'es')];
    expect(en).toContain('<html lang="en">');
    expect(es).toContain('<html lang="es">');
    expect(en).not.toBe(es.replace('lang="es"', 'lang="en"'));
    for (const html of [en, es]) {
      // The one script that a page has is named by us, and bears the nonce.
      expect(html.replace('<script type="module" src="/x.js" nonce="n0nce"></script>', '')).not.toContain('<script');
      expect(html).toContain('&lt;script&gt;');
      expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|undefined|\[object/);
    }
  });

  it('ties a fault to its field and carries the anti-forgery token', () => {
    const html = renderPage('sign-up', brand, 'en');
    expect(html).toContain('<input type="hidden" name="_csrf" value="token-1">');
    expect(html).toMatch(/id="field-email"[^>]*aria-invalid="true"[^>]*aria-describedby="error-email /);
    expect(html).toContain('<p class="field__error" id="error-email">This address already has an account.');
  });

  it('puts the app and its state into the shell without letting the state end its element', () => {
    const html = themes.renderShell({
      brand,
      locale: 'en',
      nonce: 'n0nce',
      title: hostile,
      nav: [{ label: hostile, href: '/a' }],
      appHtml: '<h1 id="from-app">Hi</h1>',
      state: { evil: '</script><script>window.x=1//<!--\u2028' },
      scripts: [{ src: '/assets/app.js' }],
    });
    expect(html).toContain('<div id="app"><h1 id="from-app">Hi</h1></div>');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain('<script type="module" src="/assets/app.js" nonce="n0nce">');
    expect(html).not.toMatch(/<!--|\u2028/);
    const state = /id="app-state"[^>]*>(.*)<\/script>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(state)).toEqual({ evil: '</script><script>window.x=1//<!--\u2028' });
  });

  it('shows errors in its own look, and a neutral page without a brand that names nobody', () => {
    const own = themes.renderErrorPage({ brand, locale: 'es', nonce: 'n', status: 404, requestId: 'req_1' });
    expect(own).toContain('Esta página no existe');
    expect(own).toContain(`/assets/themes/${theme}/theme.css?v`);
    for (const status of [404, 421, 500, 503, 418]) {
      const neutral = themes.renderErrorPage({ locale: 'en', nonce: 'n', status });
      expect(neutral).toContain('<h1>');
      expect(neutral).not.toMatch(/\/assets\/|portolan|Costa/i);
    }
  });
});

describe('the header', () => {
  const shell = { locale: 'en', nonce: 'n', title: 'Home', appHtml: '' };

  it('makes a wordmark of the name when there is no logo, and uses a safe logo when there is one', () => {
    const plain = themes.renderShell({ ...shell, brand: buildBrand({ name: 'Ñandú & Co' }) });
    expect(plain).toContain('>Ñ</text>');
    expect(plain).toContain('Ñandú &amp; Co</span>');
    const drawn = themes.renderShell({ ...shell, brand: buildBrand({ settings: { logoUrl: '/media/l.png' } }) });
    expect(drawn).toContain('<img src="/media/l.png" alt="Costa Clara"');
    const unsafe = themes.renderShell({
      ...shell,
      brand: buildBrand({ settings: { logoUrl: 'javascript:alert(1)' } }),
    });
    expect(unsafe).not.toContain('javascript:');
  });

  it('signs out with a form that carries the token', () => {
    const account = { name: 'Lucía', links: [], signOut: { action: '/sign-out', csrfToken: 't2' } };
    const html = themes.renderShell({ ...shell, brand: buildBrand(), account });
    expect(html).toMatch(/<form method="post" action="\/sign-out">\s*<input type="hidden" name="_csrf" value="t2">/);
  });
});
