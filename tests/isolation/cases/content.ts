import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from '../../../server/identity/portal/return-to.ts';
import { createBrowser } from '../../../server/identity/testing.ts';
import { made, PASSWORD, type IsolationWorld } from '../support/world.ts';

/** I73, I76–I79: what people write that comes out again as an address, a mail, a log line, a document or an object. */
export function contentCases(world: IsolationWorld): void {
  const { own } = world;
  const admin = own.callers['reseller admin'];

  describe('what people write', () => {
    it.each([
      '//evil.test',
      '/\\evil.test',
      '\\\\evil.test',
      'https:evil.test',
      'https://evil.test/',
      '%2f%2fevil.test',
      '/\t/evil.test',
      '\t//evil.test',
      ' //evil.test',
      '/\r\nLocation: https://evil.test',
      '///evil.test',
      '//a.localhost@evil.test',
      '/.//evil.test',
      'javascript:alert(1)',
      'data:text/html,x',
      '',
    ])('I73 signing in never leads to %j', async (returnTo) => {
      const { origin } = await own.site.brandAt('b');
      expect(safeReturnTo(returnTo, origin)).toBe('/');
    });

    it('I73 nor does the page that signs in send there', async () => {
      const browser = createBrowser(world.port, await own.site.brandAt('b'));
      const page = await browser.open(`/auth/login?returnTo=${encodeURIComponent('//evil.test/x')}`);
      let answer = await browser.submit(page, { email: `customer@${own.site.tenant.slug}.test`, password: PASSWORD });
      const { origin } = await own.site.brandAt('b');
      for (let hops = 0; answer.headers.location && hops < 10; hops += 1) {
        const to = new URL(answer.headers.location, origin);
        expect(to.origin).toBe(origin);
        if (to.pathname === '/') break;
        answer = await browser.visit('GET', `${to.pathname}${to.search}`);
      }
      expect(answer.headers.location).toBe('/');
    });

    it('I76 a line break in a name adds no recipient to a mail and no line to the log', async () => {
      const email = `breaks@${own.site.tenant.slug}.test`;
      await world.modules.identity.createUser(own.site.sql, {
        email,
        password: PASSWORD,
        givenName: 'a\r\nBcc: thief@evil.test\r\nX-Evil: 1',
        familyName: '\u001b[31mred\n{"level":50}',
        role: 'customer',
        agencyId: own.site.agencies.b,
      });
      const browser = createBrowser(world.port, await own.site.brandAt('b'));
      world.logs.length = 0;
      await browser.submit(await browser.visit('GET', '/account/forgot-password'), { email });
      await world.worker.drain();
      const [mail] = await world.sandboxes.mailsTo(email);
      expect(mail).toBeDefined();
      expect(await world.sandboxes.mailsTo('thief@evil.test')).toEqual([]);
      for (const line of world.logs) {
        for (const breaking of ['\n', '\r', '\u001b']) expect(line.trimEnd()).not.toContain(breaking);
        expect(() => JSON.parse(line) as unknown).not.toThrow();
      }
    });

    it('I76 no password, token, cookie or e-mail address that a request bears comes into the log (ASVS 16.2.5)', async () => {
      const canary = (what: string) => `canary-${what}-Zq7x41`;
      const email = `${canary('mail')}@people.test`;
      const guest = own.site.at('b', {
        authorization: `Bearer ${canary('bearer')}`,
        cookie: `portolan_session=${canary('cookie')}`,
      });
      const page = { headers: { accept: 'text/html' } };
      world.logs.length = 0;
      await guest.get('/me');
      await own.site.guest('b').raw('get', `/account/reset-password?token=${canary('link')}`, undefined, page);
      await own.site
        .guest('b')
        .raw('get', `/auth/callback?code=${canary('code')}&state=${canary('state')}`, undefined, page);
      await admin.post('/agencies', { name: 'x', email, password: canary('field') });
      const browser = createBrowser(world.port, await own.site.brandAt('b'));
      await browser.submit(await browser.open('/auth/login'), { email, password: canary('password') });
      expect(world.logs.length).toBeGreaterThan(5);
      expect(world.logs.filter((line) => line.includes('canary-'))).toEqual([]);
    });

    it('I77 HTML in a name becomes text in the invoice’s PDF: nothing is fetched or read', async () => {
      let hits = 0;
      const canary = createServer((_, response) => {
        hits += 1;
        response.end('x');
      });
      await new Promise<void>((ready) => void canary.listen(0, '127.0.0.1', ready));
      const { port } = canary.address() as AddressInfo;
      const agency = (await admin.get(`/agencies/${own.site.agencies.b}`)).body as { version: number };
      const legalName = `<iframe src=file:///etc/passwd></iframe><img src=http://127.0.0.1:${port}/x>`;
      made(
        await admin.patch(
          `/agencies/${own.site.agencies.b}`,
          { legalName },
          { headers: { 'if-match': `"${agency.version}"` } },
        ),
      );
      const { data } = (await admin.get('/invoices')).body as { data: Array<{ id: string }> };
      for (const { id } of data) {
        const pdf = await admin.file(`/invoices/${id}/pdf`);
        expect([pdf.status, pdf.type]).toEqual([200, 'application/pdf']);
        expect(pdf.data.toString('latin1')).not.toContain('root:x:0');
      }
      await new Promise((closed) => canary.close(closed));
      expect(hits).toBe(0);
    });

    it.each([
      '{"name":"x","__proto__":{"isAdmin":true}}',
      '{"name":"x","constructor":{"prototype":{"isAdmin":true}}}',
      '{"name":"x","\\u005f_proto__":{"isAdmin":true}}',
      '{"name":"x","legalName":{"__proto__":null}}',
      '[{"__proto__":{"isAdmin":true}}]',
    ])('I78 a body that reaches for a prototype is refused: %s', async (body) => {
      expect((await admin.post('/agencies', body)).status).toBe(400);
      expect('isAdmin' in {}).toBe(false);
    });

    it('I78 so is a query that does', async () => {
      for (const query of ['a[__proto__][x]=1', '__proto__=1', 'constructor[prototype][x]=1', 'constructor=1'])
        expect([query, (await admin.get(`/agencies?${query}`)).status]).toEqual([query, 400]);
      expect('x' in {}).toBe(false);
    });

    it.each(['limit=1&limit=2', 'state=approved&state=suspended', 'filter[]=a&filter=b', 'limit[]=1'])(
      'I79 a parameter given twice, or as a list, is refused: %s',
      async (query) => {
        expect((await admin.get(`/agencies?${query}`)).status).toBe(400);
      },
    );

    it.each(['{"name":"one","name":"two"}', '{"name":"one","n\\u0061me":"two"}'])(
      'I79 so is a field given twice: %s',
      async (body) => {
        expect((await admin.post('/agencies', body)).status).toBe(400);
      },
    );
  });
}
