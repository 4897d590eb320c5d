import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderFrame, renderList, renderMessage, renderMissing } from './inbox-pages.ts';
import { INBOX_STYLE } from './inbox-style.ts';
import type { Mailbox, StoredMail } from './mailbox.ts';
import type { Attachment } from './mime.ts';
import { readHeader } from './mime.ts';
import type { MailFaults } from './mail-faults.ts';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** The message may use its own styles and pictures, and nothing that runs. */
const FRAME_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; font-src data:; frame-ancestors 'self'";
const MAX_BODY = 65_536;

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(body);
}
const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body, null, 2)}\n`);
const sendPage = (response: ServerResponse, status: number, body: string): void =>
  send(response, status, 'text/html; charset=utf-8', body, { 'content-security-policy': PAGE_POLICY });

function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  send(
    response,
    status,
    'application/problem+json',
    `${JSON.stringify({ type: 'about:blank', title, status, detail })}\n`,
  );
}

function sendFile(response: ServerResponse, file: Attachment): void {
  const plain = file.filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  send(response, 200, file.contentType, file.content, {
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.filename).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`,
    'content-security-policy': "sandbox; default-src 'none'",
  });
}

function presentMail({ summary, mail }: StoredMail): unknown {
  return {
    ...summary,
    cc: readHeader(mail, 'cc'),
    replyTo: readHeader(mail, 'reply-to'),
    date: readHeader(mail, 'date'),
    messageId: readHeader(mail, 'message-id'),
    headers: mail.headers,
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments.map((file, index) => ({
      index,
      filename: file.filename,
      contentType: file.contentType,
      contentId: file.contentId,
      inline: file.inline,
      size: file.content.length,
      url: `/api/messages/${summary.id}/attachments/${index}`,
    })),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request as AsyncIterable<Buffer>) {
    text += part.toString('utf8');
    if (text.length > MAX_BODY) throw new TypeError(`The body is larger than ${MAX_BODY} bytes.`);
  }
  return text === '' ? {} : JSON.parse(text);
}

export interface InboxDeps {
  mailbox: Mailbox;
  faults: MailFaults;
}

function answerMessage(deps: InboxDeps, response: ServerResponse, path: string): void {
  const [, api, id = '', rest] = /^\/(api\/)?messages\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  const stored = deps.mailbox.read(id);
  const file = /^attachments\/(\d+)$/.exec(rest ?? '')?.[1];
  const attachment = file === undefined ? undefined : stored?.mail.attachments[Number(file)];
  if (stored && attachment) return sendFile(response, attachment);
  if (stored && rest === undefined)
    return api ? sendJson(response, 200, presentMail(stored)) : sendPage(response, 200, renderMessage(stored));
  if (stored && !api && rest === 'html')
    return send(response, 200, 'text/html; charset=utf-8', renderFrame(stored.mail), {
      'content-security-policy': FRAME_POLICY,
    });
  if (api)
    return sendProblem(
      response,
      404,
      'Not found',
      `There is no message or file at ${path}: list GET /api/messages to see what is kept.`,
    );
  sendPage(response, 404, renderMissing());
}

function answerList(deps: InboxDeps, response: ServerResponse, url: URL): void {
  const to = url.searchParams.get('to')?.trim() ?? '';
  const subject = url.searchParams.get('subject')?.trim() || undefined;
  const found = deps.mailbox.list({ to: to || undefined, subject });
  if (url.pathname === '/') return sendPage(response, 200, renderList(found, deps.mailbox.list({}).length, to));
  const limit = Number(url.searchParams.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    return sendProblem(response, 400, 'Bad limit', 'The parameter limit must be a whole number from 1 to 500.');
  sendJson(response, 200, { data: found.slice(0, limit), total: found.length });
}

async function answerFaults(deps: InboxDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    sendJson(response, 201, deps.faults.add(await readJson(request)));
  } catch (error) {
    sendProblem(response, 400, 'Bad fault', error instanceof Error ? error.message : String(error));
  }
}

/** Answers the inbox: pages for people under `/`, JSON for tests under `/api/messages`. */
export async function answerInbox(deps: InboxDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const call = `${request.method} ${url.pathname}`;
  if (call === 'GET /__sandbox/health')
    return sendJson(response, 200, { service: 'smtp', status: 'ok', sandbox: true });
  if (call === 'POST /__sandbox/faults') return answerFaults(deps, request, response);
  if (call === 'DELETE /api/messages') return sendJson(response, 200, { deleted: deps.mailbox.clear() });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendProblem(
      response,
      405,
      'Method not allowed',
      `${call} does not exist: use GET, or DELETE /api/messages.`,
    );
  if (url.pathname === '/assets/inbox.css') return send(response, 200, 'text/css; charset=utf-8', INBOX_STYLE);
  if (url.pathname === '/' || url.pathname === '/api/messages') return answerList(deps, response, url);
  if (/^\/(api\/)?messages\/./.test(url.pathname)) return answerMessage(deps, response, url.pathname);
  sendPage(response, 404, renderMissing());
}
