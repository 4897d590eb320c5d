import type { IncomingMessage } from 'node:http';
import { defineProblem } from '../errors.ts';
import { checkJsonText } from './json-text.ts';

export const BodyTooLarge = defineProblem({
  code: 'request.too_large',
  status: 413,
  title: 'The body is too large',
  detail: (x: { limit: string }) => `Send at most ${x.limit}.`,
});
export const MalformedJson = defineProblem({
  code: 'request.malformed_json',
  status: 400,
  title: 'The body is not JSON',
  detail: (x: { reason: string }) =>
    `The body could not be read as JSON (${x.reason}). Check quotes, commas and the Content-Type.`,
});
export const BodyIncomplete = defineProblem({
  code: 'request.incomplete',
  status: 400,
  title: 'The body broke off',
  detail: () => 'The connection ended before the whole body came. Send the request again.',
});
export const EncodedBody = defineProblem({
  code: 'request.content_encoding',
  status: 415,
  title: 'The body is compressed',
  detail: () => 'Bodies are read as they are: send it without Content-Encoding.',
  headers: () => ({ 'accept-encoding': 'identity' }),
});

/** For sentences: `1 MB`, `32 KB`. */
export const sizeText = (bytes: number): string =>
  bytes >= 1_048_576 ? `${Math.floor(bytes / 1_048_576)} MB` : `${Math.floor(bytes / 1024)} KB`;

/** How long, and how much, is still taken from a sender that was told to stop; closing at once would lose the answer on its way. */
const LINGER_MS = 2000;
const LINGER_BYTES = 16 * 1_048_576;

/** Takes and forgets what a refused sender still sends, for a while; then the connection ends. */
export function linger(request: IncomingMessage): void {
  let taken = 0;
  const end = () => request.destroy();
  const timer = setTimeout(end, LINGER_MS);
  request.on('data', (part: Buffer) => {
    if ((taken += part.length) > LINGER_BYTES) end();
  });
  request.on('error', () => undefined).once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}

/**
 * Reads a request's body, never more than `limit` bytes of it. A compressed body is refused: its size is known only when it is spent.
 * @throws BodyTooLarge as soon as the announced or the counted size passes the limit, EncodedBody, BodyIncomplete
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding.toLowerCase() !== 'identity') throw EncodedBody();
  const tooLarge = () => {
    linger(request);
    return BodyTooLarge({ limit: sizeText(limit) });
  };
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const settle = (end: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      end();
    };
    const onData = (part: Buffer) => {
      size += part.length;
      if (size <= limit) parts.push(part);
      else settle(() => reject(tooLarge()));
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(parts, size)));
    const onBroken = () => settle(() => reject(BodyIncomplete()));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads bytes as JSON, checked by `checkJsonText` first. Empty bytes are undefined: no body.
 * @throws MalformedJson, JsonRefused
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw MalformedJson({ reason: 'it is not UTF-8' });
  }
  checkJsonText(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw MalformedJson({ reason: (error as Error).message.slice(0, 120) });
  }
  if (typeof value !== 'object' || value === null)
    throw MalformedJson({ reason: 'it is neither an object nor a list' });
  return value;
}
