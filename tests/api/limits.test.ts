import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';

let world: PlatformWorld;
let first: TestSite;

beforeAll(async () => {
  world = await createPlatformWorld({
    env: { ADDRESS_REQUESTS_PER_MINUTE: '60', TENANT_REQUESTS_PER_MINUTE: '100' },
  });
  first = world.first;
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

/** Sends bytes no client library would send; answers status line, headers and body as they came. */
const sendRaw = (lines: string[], body = '', from = '127.0.0.1'): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect({ port: world.port, host: '127.0.0.1', localAddress: from }, () =>
      socket.write(`${[...lines, `Host: ${first.hosts.b}`, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`),
    );
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const search = (text: string) =>
  sendRaw(
    [
      'POST /api/v1/flights/searches HTTP/1.1',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
    ],
    text,
  );

describe('a request that is too much', () => {
  it.each([
    ['100,000 levels deep', '['.repeat(100_000), 400, 'request.json_refused'],
    [
      'a million names',
      `{${Array.from({ length: 90_000 }, (_, n) => `"${n}":1`).join(',')}}`,
      400,
      'request.json_refused',
    ],
    ['I78 a name that reaches a prototype', '{"__proto__":{"isAdmin":true}}', 400, 'request.json_refused'],
    ['I79 a name given twice', '{"slices":[],"slices":[]}', 400, 'request.json_refused'],
    ['a number beyond all numbers', '{"passengers":[{"age":1e999999}]}', 400, 'request.json_refused'],
  ])('in its JSON is refused: %s', async (_, body, status, code) => {
    const answer = await search(body);
    expect([statusOf(answer), answer.includes(`"code":"${code}"`)]).toEqual([status, true]);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it.each([
    ['a method nobody uses', ['TRACE / HTTP/1.1'], 405],
    ['an address of 9,000 characters', [`GET /${'a'.repeat(9000)} HTTP/1.1`], 414],
    ['100 KB of headers', ['GET / HTTP/1.1', `X: ${'a'.repeat(100_000)}`], 431],
    ['10,000 parameters', [`GET /api/v1/places?${'a&'.repeat(3000)} HTTP/1.1`], 400],
    ['I78 brackets in a parameter', ['GET /api/v1/places?query=mad&a[__proto__][x]=1 HTTP/1.1'], 400],
    ['I79 a parameter given twice', ['GET /api/v1/places?query=mad&query=ber HTTP/1.1'], 400],
    ['a transfer coding of its own', ['POST /api/v1/flights/searches HTTP/1.1', 'Transfer-Encoding: x, chunked'], 501],
  ])('is refused: %s', async (_, lines, status) => {
    expect(statusOf(await sendRaw(lines))).toBe(status);
  });

  it('is not read at all where the caller may not send it', async () => {
    const answer = await sendRaw(
      ['POST /api/v1/agencies HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 900000'],
      '{"a"',
    );
    expect(statusOf(answer)).toBe(401);
  });
});

describe('I60 limits', () => {
  const path = '/places?query=mad';
  const ask = async (from: string, through = '') => {
    const answer = await sendRaw([`GET /api/v1${path} HTTP/1.1`, `X-Forwarded-For: ${through}`], '', from);
    return { status: statusOf(answer), limit: Number(/\nratelimit: limit=(\d+)/i.exec(answer)?.[1]), answer };
  };
  const askUntilRefused = async (from: string) => {
    let last = await ask(from);
    for (let n = 0; last.status === 200 && n < 150; n += 1) last = await ask(from, `10.0.0.${n}`);
    return last;
  };

  it('by address: one that asks too often waits, whatever it says to have come through', async () => {
    const { status, limit, answer } = await askUntilRefused('127.0.0.2');
    expect([status, limit]).toEqual([429, 60]);
    expect(answer).toMatch(/\r\nretry-after: [1-9]/i);
    expect(answer).toContain('"code":"request.too_many"');
    const page = await sendRaw(['GET / HTTP/1.1', 'Accept: text/html'], '', '127.0.0.2');
    expect(statusOf(page)).toBe(429);
    expect((await ask('127.0.0.3')).status).toBe(200);
  });

  it('by tenant: what comes from many addresses waits too, and the other tenant does not notice', async () => {
    expect((await askUntilRefused('127.0.0.4')).limit).toBe(60);
    expect((await askUntilRefused('127.0.0.5')).limit).toBe(100);
    expect((await ask('127.0.0.6')).status).toBe(429);
    expect((await world.second.guest('b').get(path)).status).toBe(200);
  });

  it('by person and by program, wherever they come from', async () => {
    const { cookie } = await first.signIn('customer', 'b');
    const token = await first.token('agent', 'b');
    await world.forgetRates();
    for (const [header, limit] of [
      [`Cookie: ${cookie}`, 600],
      [`Authorization: Bearer ${token}`, 1200],
    ] as const) {
      const remaining: number[] = [];
      for (const from of ['127.0.0.7', '127.0.0.8'])
        remaining.push(
          Number(
            new RegExp(`ratelimit: limit=${limit}, remaining=(\\d+)`, 'i').exec(
              await sendRaw([`GET /api/v1${path} HTTP/1.1`, header], '', from),
            )?.[1],
          ),
        );
      expect(remaining).toEqual([limit - 1, limit - 2]);
    }
  });
});
