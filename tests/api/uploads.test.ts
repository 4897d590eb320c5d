import { connect } from 'node:net';
import sharp from 'sharp';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';

let world: PlatformWorld;
let first: TestSite;
let admin: { cookie: string; csrf: string };
let brand: { id: string; version: number; settings: Record<string, string> };

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  admin = await first.signIn('admin', 'reseller');
  brand = await readBrand();
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const hostOf = (site: TestSite) => `${site.hosts.reseller}:${world.port}`;
const client = () => first.at('reseller', { cookie: admin.cookie, 'x-csrf-token': admin.csrf });
const readBrand = async () =>
  ((await client().get('/brands')).body.data as Array<typeof brand & { agency: unknown }>).find((one) => !one.agency)!;

function upload(
  data: Buffer | string,
  over: { name?: string; type?: string; purpose?: string; brandId?: string } = {},
) {
  return request(world.server)
    .post('/api/v1/theme/assets')
    .set({ host: hostOf(first), cookie: admin.cookie, 'x-csrf-token': admin.csrf, accept: 'application/json' })
    .field('brandId', over.brandId ?? brand.id)
    .field('purpose', over.purpose ?? 'logo')
    .attach('file', Buffer.from(data), { filename: over.name ?? 'logo.png', contentType: over.type ?? 'image/png' });
}
const fetchFile = (path: string, site = first) =>
  request(world.server)
    .get(path)
    .set({ host: hostOf(site) })
    .buffer(true)
    .parse((response, done) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => done(null, Buffer.concat(parts)));
    });
const picture = (width = 60, height = 40) => sharp({ create: { width, height, channels: 4, background: '#0b57a4' } });
const rows = async () => (await first.sql.all(q('files').select('id'))).length;

const svg = (inside: string, head = '') =>
  `${head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">${inside}</svg>`;

describe('a picture of a brand', () => {
  it('is drawn anew, is private until the settings name it, and then shows on the storefront', async () => {
    const made = await upload(await picture().png().toBuffer());
    expect(made.status).toBe(201);
    const { url, previewUrl } = made.body as { url: string; previewUrl: string };
    expect((await fetchFile(url)).status).toBe(404);
    expect((await fetchFile(previewUrl)).status).toBe(200);
    const changed = await client().patch(
      `/brands/${brand.id}`,
      { settings: { logoUrl: url } },
      { headers: { 'if-match': `"${brand.version}"` } },
    );
    expect([changed.status, changed.body.settings]).toEqual([200, { logoUrl: url }]);
    const shown = await fetchFile(url);
    expect([shown.status, shown.headers]).toEqual([
      200,
      expect.objectContaining({
        'content-type': 'image/png',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    ]);
    const page = await first.guest('reseller').raw('get', '/auth/login');
    const signIn = await request(world.server)
      .get(new URL(page.headers.location!).pathname + new URL(page.headers.location!).search)
      .set({ host: hostOf(first) });
    expect(signIn.status).toBeLessThan(400);
    const problem = await first
      .guest('reseller')
      .raw('get', '/problems/nothing', undefined, { headers: { accept: 'text/html' } });
    expect(problem.text).toContain(`src="${url}"`);
  });

  it('I36 opens by its signed link on its own tenant’s hosts only, unchanged, for 15 minutes', async () => {
    const { previewUrl } = (await upload(await picture().png().toBuffer())).body as { previewUrl: string };
    expect((await fetchFile(previewUrl)).status).toBe(200);
    expect((await fetchFile(previewUrl, world.second)).status).toBe(404);
    for (const edited of [
      previewUrl.replace(/expires=(\d+)/, (_, at: string) => `expires=${Number(at) + 600}`),
      previewUrl.replace(/signature=../, 'signature=AA'),
      previewUrl.replace(/&signature=.*/, ''),
    ])
      expect((await fetchFile(edited)).status).toBe(403);
    world.passTime(16 * 60);
    expect((await fetchFile(previewUrl)).status).toBe(403);
    world.resetTime();
  });

  it('of another brand or tenant cannot be named by the settings', async () => {
    const settings = { logoUrl: '/files/0190a0a0-0000-7000-8000-000000000000.png' };
    const { version } = await readBrand();
    const answer = await client().patch(
      `/brands/${brand.id}`,
      { settings },
      { headers: { 'if-match': `"${version}"` } },
    );
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/settings/logoUrl']);
  });

  it('is taken from who may change the brand only', async () => {
    const anonymous = await request(world.server)
      .post('/api/v1/theme/assets')
      .set({ host: hostOf(first) })
      .attach('file', Buffer.from('x'), 'x.png');
    expect(anonymous.status).toBe(401);
    const theirs = (await world.second.sql.one<{ id: string }>(q('brands').select('id').limit(1)))!;
    expect((await upload(await picture().png().toBuffer(), { brandId: theirs.id })).status).toBe(404);
  });
});

describe('I69 an SVG', () => {
  it('becomes pixels', async () => {
    const made = await upload(svg('<rect width="40" height="20" fill="#0b57a4"/>'), {
      name: 'logo.svg',
      type: 'image/svg+xml',
    });
    expect(made.status).toBe(201);
    const file = await fetchFile(made.body.previewUrl as string);
    expect((await sharp(file.body as Buffer).metadata()).format).toBe('png');
  });

  it.each([
    ['a script', svg('<script>alert(1)</script>')],
    ['a handler', svg('<rect onload="alert(1)" width="1" height="1"/>')],
    ['foreign content', svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>')],
    ['a reference by data:', svg('<image xlink:href="data:image/svg+xml;base64,AAAA"/>')],
    ['a file', svg('<image href="file:///etc/passwd"/>')],
    ['an address far behind its name', svg(`<image href=${' '.repeat(200_000)}"http://127.0.0.1/x"/>`)],
    ['a use of elsewhere', svg('<use href="http://127.0.0.1/x.svg#a"/>')],
    [
      'an entity',
      svg('<text>&x;</text>', '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ],
    ['a style of elsewhere', svg('<style>@import "http://127.0.0.1/x.css";</style>')],
    ['an address in a style', svg('<rect style="fill:url(http://127.0.0.1/x)"/>')],
  ])('with %s is refused', async (_, data) => {
    const before = await rows();
    const answer = await upload(data, { name: 'a.svg', type: 'image/svg+xml' });
    expect([answer.status, answer.body.code]).toEqual([422, 'upload.not_an_image']);
    expect(await rows()).toBe(before);
  });
});

describe('I71 a file that pretends', () => {
  it('to be one kind and hides another comes out as pixels alone', async () => {
    const polyglot = Buffer.concat([await picture().png().toBuffer(), Buffer.from('<html><script>alert(1)</script>')]);
    const made = await upload(polyglot, { name: '../../x\u202Egnp.html', type: 'text/html' });
    expect(made.status).toBe(201);
    const file = await fetchFile(made.body.previewUrl as string);
    expect((file.body as Buffer).includes('<script>')).toBe(false);
    expect(made.body.url).toMatch(/^\/files\/[0-9a-f-]{36}\.png$/);
  });

  it('loses its metadata, the place it was taken at included', async () => {
    const photo = await picture(80, 60)
      .removeAlpha()
      .withExif({ IFD0: { Copyright: 'GEHEIM-1' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '40/1 24/1 0/1' } })
      .jpeg()
      .toBuffer();
    expect(photo.includes('GEHEIM-1')).toBe(true);
    const made = await upload(photo, { type: 'image/jpeg', purpose: 'hero' });
    const file = (await fetchFile(made.body.previewUrl as string)).body as Buffer;
    expect(file.includes('GEHEIM-1')).toBe(false);
    const { exif, xmp, format } = await sharp(file).metadata();
    expect([exif, xmp, format]).toEqual([undefined, undefined, 'webp']);
  });

  it.each([
    ['HTML', '<html><script>alert(1)</script></html>'],
    ['nothing', ''],
    ['a PDF', '%PDF-1.7\n'],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000'],
    ['half a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('to be a picture and is %s is refused', async (_, data) => {
    expect([(await upload(data)).status]).toEqual([422]);
  });
});

describe('I72 an upload that is too much', () => {
  const raw = (head: string[], body: string): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const socket = connect(world.port, '127.0.0.1', () =>
        socket.write(
          `${['POST /api/v1/theme/assets HTTP/1.1', `Host: ${hostOf(first)}`, `Cookie: ${admin.cookie}`, `X-CSRF-Token: ${admin.csrf}`, 'Connection: close', 'Content-Type: multipart/form-data; boundary=b', ...head].join('\r\n')}\r\n\r\n${body}`,
        ),
      );
      socket.on('data', (part) => (text += part.toString('latin1')));
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

  it('in pixels is refused before it is drawn', async () => {
    const huge = await picture(6000, 5000).png({ compressionLevel: 1 }).toBuffer();
    expect(huge.length).toBeLessThan(4_000_000);
    const answer = await upload(huge);
    expect([answer.status, answer.body.code]).toEqual([422, 'upload.image_too_large']);
  });

  it('in bytes is refused by what it announces, and by what comes', async () => {
    expect(statusOf(await raw(['Content-Length: 2000000000'], '--b\r\n'))).toBe(413);
    const answer = await upload(Buffer.alloc(4 * 1024 * 1024 + 1, 1));
    expect([answer.status, answer.body.code]).toEqual([413, 'request.too_large']);
  });

  it('in parts, or breaks off before its end, is refused', async () => {
    const part = (n: number) => `--b\r\nContent-Disposition: form-data; name="f${n}"\r\n\r\nx\r\n`;
    const many = `${Array.from({ length: 10_000 }, (_, n) => part(n)).join('')}--b--\r\n`;
    expect(statusOf(await raw([`Content-Length: ${many.length}`], many))).toBe(400);
    const cut = `${part(1)}--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc`;
    expect(statusOf(await raw([`Content-Length: ${cut.length}`], cut))).toBe(400);
    expect(statusOf(await raw(['Content-Length: 3'], 'abc'))).toBe(400);
  });
});
