import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDnsDouble, type DnsDouble } from '../../testing/dns-double.ts';
import { loadConfig } from '../config.ts';
import { isPublicAddress } from './address.ts';
import { EgressRefused } from './egress-refused.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { createNameResolver } from './resolver.ts';

/** The whole of 127.0.0.0/8 is this machine's: one address plays the public internet, another the inside. */
const [OUTSIDE, INSIDE] = ['127.0.0.2', '127.0.0.1'];

let dns: DnsDouble;
let inside: Server;
let outside: Server;
let insideHits = 0;
let answer: RequestListener;
let port: number;

const listen = (server: Server, address: string, on = 0) =>
  new Promise<number>((ready) => server.listen(on, address, () => ready((server.address() as AddressInfo).port)));
const reasonOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof EgressRefused ? error.reason : String(error)),
  );

const production = () => createGuardedFetch({ resolver: createNameResolver([dns.address]), allowPrivate: false });
/** Http and any port, so that no certificates are needed; the rule about addresses is as strict as in production. */
const guarded = () =>
  createGuardedFetch({
    resolver: createNameResolver([dns.address]),
    allowPrivate: true,
    isAllowed: (address) => address === OUTSIDE,
  });

beforeAll(async () => {
  dns = await startDnsDouble();
  inside = createServer((_req, res) => {
    insideHits += 1;
    res.end('the secret of the inside');
  });
  outside = createServer((req, res) => answer(req, res));
  port = await listen(inside, INSIDE);
  await listen(outside, OUTSIDE, port);
});
afterAll(async () => {
  await dns.close();
  for (const server of [inside, outside]) {
    server.closeAllConnections();
    server.close();
  }
});

describe('an address that a tenant chose (I74)', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '[fe80::1]',
    '100.64.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '[fd00::1]',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
  ])('is not called at https://%s', async (host) => {
    expect(await reasonOf(production()(`https://${host}/`))).toBe('address');
  });

  it.each([
    ['file:///etc/passwd', 'scheme'],
    ['gopher://example.com/', 'scheme'],
    ['http://example.com/', 'scheme'],
    ['https://example.com:25/', 'port'],
    ['https://example.com:6379/', 'port'],
    ['https://user:secret@example.com/', 'credentials_in_url'],
    ['//example.com', 'url_invalid'],
    ['', 'url_invalid'],
  ])('is refused as %s', async (url, reason) => {
    expect(await reasonOf(production()(url))).toBe(reason);
    expect(dns.asked).toEqual([]);
  });

  it.each([
    ['inside.test', ['127.0.0.1']],
    ['metadata.test', ['169.254.169.254']],
    ['mixed.test', ['93.184.215.14', '10.0.0.1']],
    ['six.test', ['::1']],
    ['mapped.test', ['::ffff:10.0.0.1']],
    ['both.test', ['93.184.215.14', 'fd00::1']],
  ])('is not called when %s has any address of the inside', async (host, addresses) => {
    dns.zone[host] = addresses;
    expect(await reasonOf(production()(`https://${host}/`))).toBe('address');
  });

  it('is not called when its name is of our own network or of nobody', async () => {
    expect(await reasonOf(production()('https://localhost/'))).toBe('unknown_host');
    expect(await reasonOf(production()('https://postgres/'))).toBe('unknown_host');
    expect(insideHits).toBe(0);
  });

  it('may be of a developer’s own machine when the setting says so, which production refuses', () => {
    expect(isPublicAddress('8.8.8.8')).toBe(true);
    expect(isPublicAddress('2606:4700::1111')).toBe(true);
    const environment = {
      NODE_ENV: 'production',
      EGRESS_ALLOW_PRIVATE: 'true',
      DATABASE_URL: 'postgres://x/y',
      REDIS_URL: 'redis://x',
      MASTER_KEY: Buffer.alloc(32).toString('base64'),
      STRIPE_SECRET_KEY: 'x',
      STRIPE_WEBHOOK_SECRET: 'x',
      DUFFEL_TOKEN: 'x',
      SMTP_URL: 'smtp://x',
    };
    expect(() => loadConfig(environment)).toThrow(/EGRESS_ALLOW_PRIVATE/);
  });

  it('stays out of link-local networks even on a developer’s machine', async () => {
    const relaxed = createGuardedFetch({ resolver: createNameResolver([dns.address]), allowPrivate: true });
    expect(await reasonOf(relaxed('http://169.254.169.254/latest/meta-data/'))).toBe('address');
    answer = (_req, res) => void res.end('here');
    expect(await (await relaxed(`http://anything.localhost:${port}/`)).text()).toBe('the secret of the inside');
    insideHits = 0;
  });
});

describe('the answer of such an address (I75)', () => {
  beforeAll(() => {
    dns.zone['outside.test'] = [OUTSIDE];
  });
  const ask = (path = '/', init = {}) => guarded()(`http://outside.test:${port}${path}`, init);

  it('comes back whole, with what was sent', async () => {
    answer = (req, res) => {
      let body = '';
      req
        .on('data', (chunk) => (body += String(chunk)))
        .on('end', () => res.writeHead(201).end(`${req.method} ${body}`));
    };
    const response = await ask('/', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('POST a=1');
  });

  it('is of the address that was checked, though the name changes between two looks', async () => {
    answer = (_req, res) => void res.end('outside');
    let looks = 0;
    dns.zone['rebinding.test'] = () => [looks++ === 0 ? OUTSIDE : INSIDE];
    const fetch = guarded();
    expect(await (await fetch(`http://rebinding.test:${port}/`)).text()).toBe('outside');
    await fetch.close();
    expect(await reasonOf(guarded()(`http://rebinding.test:${port}/`))).toBe('address');
    expect(insideHits).toBe(0);
  });

  it('is not followed where it redirects', async () => {
    answer = (_req, res) => void res.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    const response = await ask();
    expect(response.status).toBe(302);
    expect(insideHits).toBe(0);
  });

  it('is given up when it drips', async () => {
    answer = (_req, res) => {
      res.writeHead(200);
      const drip = setInterval(() => res.write('.'), 50);
      res.on('close', () => clearInterval(drip));
    };
    expect(await reasonOf(ask('/', { timeoutMs: 400 }))).toBe('timeout');
  });

  it('is given up when the name server is silent', async () => {
    const silent = createGuardedFetch({ resolver: createNameResolver(['127.0.0.3:9']), allowPrivate: true });
    const why = await reasonOf(silent('http://outside.test/', { timeoutMs: 400 }));
    expect(['timeout', 'unreachable']).toContain(why);
  });

  it('is cut off when it is endless, whether it says so or not', async () => {
    let sent = 0;
    answer = (_req, res) => {
      const pour = () => {
        while (!res.destroyed && res.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
      };
      res.on('drain', pour).writeHead(200);
      pour();
    };
    expect(await reasonOf(ask())).toBe('too_large');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    answer = (_req, res) => void res.writeHead(200, { 'content-length': String(10 * 1024 ** 3) }).write('x');
    expect(await reasonOf(ask())).toBe('too_large');
  });

  it('is not unpacked when it is a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    answer = (req, res) => {
      expect(req.headers['accept-encoding']).toBe('identity');
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    };
    expect(await reasonOf(ask())).toBe('encoded');
  });

  it('says that nobody is there, or that it is not the host it should be', async () => {
    expect(await reasonOf(guarded()('http://outside.test:9/'))).toBe('unreachable');
    expect(await reasonOf(guarded()(`https://outside.test:${port}/`))).toMatch(/tls|unreachable/);
  });
});
