import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';

let world: PlatformWorld;
let first: TestSite;
let admin: SiteClient;
let brandId: string;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  admin = (await first.signIn('admin', 'reseller')).client;
  brandId = (await first.brandAt('reseller')).id;
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const write = (slug: string, over: object = {}, version = 0, client = admin) =>
  client.put(
    `/pages/${slug}`,
    { brandId, locale: 'en', title: 'About us', source: '<p>We are {{brand.name}}.</p>', state: 'published', ...over },
    { headers: { 'if-match': `"${version}"` } },
  );

describe('a page of a brand', () => {
  it('is written, read by everybody, and changed by who has the last version only', async () => {
    const made = await write('about');
    expect([made.status, made.body.version, made.headers.etag]).toEqual([200, 1, '"1"']);
    const { name } = await first.brandAt('reseller');
    expect((await first.guest('reseller').get('/pages/about')).body).toEqual({
      slug: 'about',
      locale: 'en',
      title: 'About us',
      html: `<p>We are ${name}.</p>`,
    });
    expect((await write('about')).status).toBe(412);
    expect((await write('about', { state: 'draft' }, 1)).status).toBe(200);
    expect((await first.guest('reseller').get('/pages/about')).status).toBe(404);
    expect((await write('about', {}, 2)).status).toBe(200);
    expect((await admin.get(`/pages?brandId=${brandId}`)).body.data).toHaveLength(1);
  });

  it('is shown on its own brand’s host only', async () => {
    await write('terms');
    expect((await first.guest('reseller').get('/pages/terms')).status).toBe(200);
    expect((await first.guest('b').get('/pages/terms')).status).toBe(404);
    expect((await world.second.guest('reseller').get('/pages/terms')).status).toBe(404);
  });

  it('that cannot be shown is refused with every fault at its line, and nothing is written', async () => {
    const answer = await write('bad', { source: '<p>\n{{{brand.name}}}\n{{> x}}</p>' });
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
      422,
      'content.template_refused',
      [
        { pointer: '/source', code: 'raw_output', detail: expect.stringContaining('Line 2') },
        { pointer: '/source', code: 'partial', detail: expect.stringContaining('Line 3') },
      ],
    ]);
    expect(await first.sql.all(q('pages').where({ slug: 'bad' }))).toEqual([]);
  });

  it('I67 that comes as a parsed template is refused', async () => {
    expect((await write('ast', { source: { type: 'Program', body: [] } })).status).toBe(400);
  });

  it('is written by who may change the brand, and nobody else', async () => {
    expect((await write('x', {}, 0, first.guest('reseller'))).status).toBe(401);
    const { client } = await first.signIn('subagent', 'b');
    expect((await write('x', {}, 0, client)).status).toBe(403);
    const theirs = (await world.second.brandAt('reseller')).id;
    expect((await write('x', { brandId: theirs })).status).toBe(404);
    const ofAgency = first.at('b', { authorization: `Bearer ${await first.token('agency_admin', 'b')}` });
    expect((await write('x', {}, 0, ofAgency)).status).toBe(404);
    expect((await write('x', { brandId: (await first.brandAt('b')).id }, 0, ofAgency)).status).toBe(200);
  });

  it('can be looked at before it is kept, on its brand’s host only', async () => {
    const { body, status } = await admin.post(
      '/pages/preview',
      { brandId, locale: 'en', title: 'New', source: '<p>{{year}}</p>' },
      { key: null },
    );
    expect(status).toBe(200);
    expect(body.url).toMatch(/\/pages\/preview\/[\w-]{32}$/);
    expect(new URL(body.url as string).hostname).toBe(first.hosts.reseller);
    const context = async (site: TestSite, level: 'reseller' | 'b') => ({
      sql: site.sql,
      tenant: site.tenant,
      brand: await site.brandAt(level),
      locale: 'en',
    });
    const { reader } = world.modules.content;
    const path = new URL(body.url as string).pathname;
    expect(await reader.find(await context(first, 'reseller'), path)).toMatchObject({ title: 'New', isPreview: true });
    expect(await reader.find(await context(first, 'b'), path)).toBeUndefined();
    expect(await reader.find(await context(world.second, 'reseller'), path)).toBeUndefined();
  });

  it('I80 that reached the table unclean is sanitised when it is read', async () => {
    await write('unclean');
    await first.sql.run(
      q('pages').where({ slug: 'unclean' }).update({ html: '<p onclick="x()">y<script>1</script></p>', version: 9 }),
    );
    expect((await first.guest('reseller').get('/pages/unclean')).body.html).toBe('<p>y</p>');
  });
});
