import { connect, type Socket } from 'node:net';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from './read-body.ts';
import { serve } from './serve.ts';
import { toAppError } from './problem.ts';

let http: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx) => {
    try {
      ctx.body = String((await readBytes(ctx.req, 100_000)).length);
    } catch (error) {
      ctx.status = toAppError(error, 'r').problem.status;
    }
  });
  http = await serve(app, { port: 0, host: '127.0.0.1', headersTimeoutMs: 300 });
});
afterAll(() => http.close(0));

const open = (write: (socket: Socket) => void): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(http.port, '127.0.0.1', () => write(socket));
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
const post = (head: string, body = '') =>
  open((socket) => socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n${body}`));
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe('the public port', () => {
  it('cuts a header that only drips, and answers others meanwhile', async () => {
    const dripping = Array.from({ length: 200 }, () =>
      open((socket) => socket.write('GET / HTTP/1.1\r\nHost: a\r\nX: ')),
    );
    expect(statusOf(await post('Connection: close\r\nContent-Length: 2', 'ab'))).toBe(200);
    for (const answer of await Promise.all(dripping)) expect([408, 0]).toContain(statusOf(answer));
  });

  it('refuses 100 KB of headers', async () => {
    expect(
      statusOf(await open((socket) => socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(100_000)}`))),
    ).toBe(431);
  });

  it('refuses a body by its announced size, and one that grows past the limit', async () => {
    expect(statusOf(await post('Connection: close\r\nContent-Length: 2000000000', 'x'.repeat(1000)))).toBe(413);
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    expect(statusOf(await post('Connection: close\r\nTransfer-Encoding: chunked', chunk.repeat(8)))).toBe(413);
  });

  it('refuses a compressed body unread', async () => {
    expect(statusOf(await post('Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: 3', 'abc'))).toBe(415);
  });

  it.each([
    ['both lengths', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6', 'abcde'],
    ['a broken chunk size', 'Transfer-Encoding: chunked', 'zz\r\nabc\r\n0\r\n\r\n'],
  ])('refuses a request that a proxy could split otherwise: %s', async (_, head, body) => {
    expect(statusOf(await post(head, body))).toBe(400);
  });
});
