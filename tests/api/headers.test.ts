import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { Answer } from '../../server/testing/site-client.ts';

let world: PlatformWorld;
let first: TestSite;

beforeAll(async () => {
  world = await createPlatformWorld({ env: { PUBLIC_ORIGIN_SCHEME: 'https' } });
  first = world.first;
});
afterAll(() => world?.close());

const html = { headers: { accept: 'text/html' } };
const asset = '/assets/themes/base/base.css';

/** One of each kind of answer: page, error page, JSON, problem, static file, not modified, issuer. */
const answers: Array<[name: string, kind: 'page' | 'inert', ask: () => Promise<Answer>]> = [
  ['an error page', 'page', () => page('/problems/nothing')],
  ['the error page of an unknown host', 'page', () => raw('nobody.localhost', '/', html)],
  ['the description of the API', 'page', () => page('/api/docs')],
  ['the page of a problem', 'page', () => page('/problems/request.too_many')],
  ['an answer of the API', 'inert', () => first.guest('b').get('/places?query=mad')],
  ['a refusal', 'inert', () => first.guest('b').get('/bookings')],
  ['an unknown route', 'inert', () => first.guest('b').get('/nothing')],
  ['a body that is none', 'inert', () => first.guest('b').post('/flights/searches', '{"a')],
  ['a style sheet', 'inert', () => first.guest('b').raw('get', asset)],
  ['the session', 'inert', () => first.guest('b').raw('get', '/auth/session')],
  [
    'a file that has not changed',
    'inert',
    async () => {
      const { etag } = (await first.guest('b').raw('get', asset)).headers;
      const again = await first.guest('b').raw('get', asset, undefined, { headers: { 'if-none-match': etag! } });
      expect(again.status).toBe(304);
      return again;
    },
  ],
];
const page = (path: string) => first.guest('b').raw('get', path, undefined, html);
const raw = (host: string, path: string, options: typeof html) =>
  first.guest('b').raw('get', path, undefined, { headers: { ...options.headers, host } });

/** The policy as a table, its nonce taken out. */
const readPolicy = (answer: Answer): Record<string, string> =>
  Object.fromEntries(
    answer.headers['content-security-policy']!.split('; ').map((part) => {
      const [name = '', ...values] = part.split(' ');
      return [name, values.join(' ').replace(/'nonce-[0-9a-f]{32}'/, 'NONCE')];
    }),
  );
const COMMON = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': expect.stringMatching(/^(strict-origin-when-cross-origin|same-origin)$/),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'permissions-policy': expect.stringContaining('camera=()'),
};

describe('security headers (ASVS 3.4.1 to 3.4.8)', () => {
  it.each(answers)('stand on %s', async (_, kind, ask) => {
    const answer = await ask();
    expect(answer.headers).toMatchObject(COMMON);
    expect(answer.headers['x-powered-by'] ?? answer.headers.server).toBeUndefined();
    const policy = readPolicy(answer);
    expect(policy).toMatchObject({ 'default-src': "'none'", 'frame-ancestors': "'none'", 'base-uri': "'none'" });
    if (kind === 'inert') expect(policy).toMatchObject({ sandbox: '', 'form-action': "'none'" });
    else
      expect(policy).toMatchObject({
        'script-src': "NONCE 'strict-dynamic'",
        'style-src': "'self' NONCE",
        'connect-src': "'self'",
        'form-action': "'self'",
        'require-trusted-types-for': "'script'",
        'trusted-types': 'vue',
        'img-src': expect.not.stringMatching(/https:(?!\/\/)|\*/),
      });
  });

  it('stand on what the issuer answers, and on its redirects', async () => {
    for (const path of [
      '/oidc/.well-known/openid-configuration',
      '/oidc/jwks',
      '/oidc/auth?client_id=nobody',
      '/auth/login',
    ]) {
      const answer = await first.guest('b').raw('get', path);
      for (const [name, value] of Object.entries(COMMON))
        expect([path, name, answer.headers[name]]).toEqual([path, name, value]);
      expect(readPolicy(answer)['frame-ancestors']).toBe("'none'");
    }
  });

  it('carry a nonce of at least 120 bits that never comes twice and that every inline tag bears', async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 200; n += 1) {
      const answer = await page('/api/docs');
      const nonce = /'nonce-([0-9a-f]{32})'/.exec(answer.headers['content-security-policy']!)![1]!;
      seen.add(nonce);
      for (const [, attributes] of answer.text.matchAll(/<(?:script|style)\b([^>]*)>/g))
        expect(attributes).toContain(`nonce="${nonce}"`);
    }
    expect(seen.size).toBe(200);
  });

  it('let nobody’s shared cache keep a page with a nonce or an answer of the API', async () => {
    for (const answer of [
      await first.guest('b').get('/bookings'),
      await first.guest('b').raw('get', '/auth/login', undefined, html),
      await first.guest('b').raw('get', '/auth/session'),
    ])
      expect(answer.headers['cache-control']).toMatch(/no-store/);
  });
});

describe('another site (ASVS 3.4.2)', () => {
  it.each(['https://evil.test', 'null', 'https://HOST.evil.test', 'https://x.HOST', 'http://HOST'])(
    'at %s is never allowed to read',
    async (form) => {
      const origin = form.replace('HOST', first.hosts.b);
      const { cookie } = await first.signIn('customer', 'b');
      const client = first.at('b', { cookie, origin });
      const tries = [
        await client.get('/me'),
        await client.get('/nothing'),
        await client.raw('get', '/auth/session'),
        await client.raw('get', asset),
        await client.raw('post', '/oidc/token', 'grant_type=client_credentials', {
          key: null,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ];
      for (const answer of tries) {
        // The issuer's `*` is for readers without credentials: whoever asks for a token has a secret of its own.
        expect([undefined, '*']).toContain(answer.headers['access-control-allow-origin']);
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
      }
    },
  );
});
