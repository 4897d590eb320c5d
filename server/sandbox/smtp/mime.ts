import {
  decodeCharset,
  decodeQuotedPrintable,
  decodeWords,
  headerOf,
  parseHeaders,
  parseParameters,
} from './mime-headers.ts';
import type { Header } from './mime-headers.ts';

export interface Attachment {
  filename: string;
  contentType: string;
  contentId: string | null;
  inline: boolean;
  content: Buffer;
}
export interface ParsedMail {
  headers: Header[];
  text: string | null;
  html: string | null;
  attachments: Attachment[];
}

const MAX_DEPTH = 20;

function splitEntity(raw: Buffer): { headers: Header[]; body: Buffer } {
  const match = /\r?\n\r?\n/.exec(raw.toString('latin1'));
  if (!match) return { headers: parseHeaders(raw), body: Buffer.alloc(0) };
  return { headers: parseHeaders(raw.subarray(0, match.index)), body: raw.subarray(match.index + match[0].length) };
}

/** RFC 2046 section 5.1: parts lie between delimiter lines; text before the first and after the last is ignored. */
function splitParts(body: Buffer, boundary: string): Buffer[] {
  const text = body.toString('latin1');
  const escaped = Buffer.from(boundary, 'utf8')
    .toString('latin1')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const delimiter = new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`, 'g');
  const parts: Buffer[] = [];
  let start = -1;
  for (const match of text.matchAll(delimiter)) {
    if (start >= 0) parts.push(body.subarray(start, match.index));
    if (match[1]) return parts;
    const lineEnd = text.indexOf('\n', match.index + match[0].length);
    start = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  if (start >= 0 && start < body.length) parts.push(body.subarray(start));
  return parts;
}

function decodeBody(body: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(body.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''), 'base64');
    case 'quoted-printable':
      return decodeQuotedPrintable(body.toString('latin1'));
    default:
      return body;
  }
}

function walk(raw: Buffer, mail: ParsedMail, depth: number): void {
  const { headers, body } = splitEntity(raw);
  const type = parseParameters(headerOf(headers, 'content-type') ?? 'text/plain');
  const boundary = type.params.boundary;
  if (type.value.startsWith('multipart/') && boundary && depth < MAX_DEPTH) {
    for (const part of splitParts(body, boundary)) walk(part, mail, depth + 1);
    return;
  }
  const disposition = parseParameters(headerOf(headers, 'content-disposition'));
  const content = decodeBody(body, headerOf(headers, 'content-transfer-encoding') ?? '7bit');
  const readable = disposition.value !== 'attachment' && disposition.params.filename === undefined;
  if (readable && type.value === 'text/plain' && mail.text === null)
    mail.text = decodeCharset(content, type.params.charset ?? 'utf-8');
  else if (readable && type.value === 'text/html' && mail.html === null)
    mail.html = decodeCharset(content, type.params.charset ?? 'utf-8');
  else {
    mail.attachments.push({
      filename: disposition.params.filename ?? type.params.name ?? `attachment-${mail.attachments.length + 1}`,
      contentType: type.value || 'application/octet-stream',
      contentId: headerOf(headers, 'content-id')?.replace(/^<|>$/g, '') ?? null,
      inline: disposition.value === 'inline',
      content,
    });
  }
}

/** Reads a whole message: its first text, its first HTML, and every other leaf as an attachment (RFC 5322, 2045-2047, 2231). */
export function parseMail(raw: Buffer): ParsedMail {
  const mail: ParsedMail = { headers: splitEntity(raw).headers, text: null, html: null, attachments: [] };
  walk(raw, mail, 0);
  return mail;
}

/** A header's readable text, or null. */
export function readHeader(mail: ParsedMail, name: string): string | null {
  const value = headerOf(mail.headers, name.toLowerCase());
  return value === undefined ? null : decodeWords(value);
}
