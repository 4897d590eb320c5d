import Koa from 'koa';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { AppError } from '../kernel/errors.ts';
import { resolveSite } from './site.ts';

const brand = { locales: ['en', 'es'], defaultLocale: 'en' } as unknown as Brand;
const tenantOf = (state: string) => ({ id: 't', state }) as unknown as Tenant;
const sites: Record<string, string> = { 'sol.test': 'active', 'paused.test': 'suspended' };

/** A server behind (or not behind) a trusted proxy that tells which site and whose address it saw. */
function serverTrusting(trustedProxies: string[]) {
  const app = new Koa({ proxy: true, maxIpsCount: 1 });
  const hosts = {
    resolve: (host: string) => Promise.resolve(sites[host] ? { tenant: tenantOf(sites[host]), brand } : undefined),
  } as unknown as Parameters<typeof resolveSite>[0]['hosts'];
  app.use(async (ctx, next) => {
    await next().catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      ctx.status = error.status;
    });
  });
  app.use(resolveSite({ hosts, trustedProxies }));
  app.use((ctx) => {
    ctx.body = { ip: ctx.ip, locale: ctx.state.locale as string };
  });
  return app.callback();
}
const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'sol.test' };

describe('the site of a request', () => {
  it('is the Host header’s; forwarded names and addresses of anybody are not believed', async () => {
    const server = serverTrusting(['10.0.0.1']);
    expect(
      (
        await request(server)
          .get('/')
          .set({ host: 'other.test', ...forwarded })
      ).status,
    ).toBe(421);
    const { body } = await request(server)
      .get('/')
      .set({ host: 'sol.test', ...forwarded });
    expect((body as { ip: string }).ip).toBe('127.0.0.1');
  });

  it('is what a trusted proxy forwards', async () => {
    const answer = await request(serverTrusting(['127.0.0.1']))
      .get('/')
      .set({ host: 'inner', ...forwarded });
    expect([answer.status, (answer.body as { ip: string }).ip]).toEqual([200, '203.0.113.9']);
  });

  it('is closed while its tenant is suspended', async () => {
    expect((await request(serverTrusting([])).get('/').set('host', 'paused.test')).status).toBe(503);
  });

  it('speaks the language asked for, remembered, or preferred', async () => {
    const server = serverTrusting([]);
    const localeOf = async (path: string, headers: Record<string, string>) =>
      (
        (
          await request(server)
            .get(path)
            .set({ host: 'sol.test', ...headers })
        ).body as { locale: string }
      ).locale;
    expect(await localeOf('/?lang=es', {})).toBe('es');
    expect(await localeOf('/?lang=xx', { cookie: 'locale=es' })).toBe('es');
    expect(await localeOf('/', { 'accept-language': 'es-ES,es;q=0.9' })).toBe('es');
    expect(await localeOf('/', { 'accept-language': 'de' })).toBe('en');
  });
});
