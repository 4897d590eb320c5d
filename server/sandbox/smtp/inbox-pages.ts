import type { Markup } from '../html.ts';
import { html } from '../html.ts';
import type { StoredMail, Summary } from './mailbox.ts';
import { readHeader } from './mime.ts';
import type { ParsedMail } from './mime.ts';

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

function size(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`;
}

function page(title: string, content: Markup): string {
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Sandbox inbox</title>
        <link rel="stylesheet" href="/assets/inbox.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="mark">Sandbox inbox – these messages were not sent to anyone</header>
        <main id="content">${content}</main>
      </body>
    </html>`.markup
  }`;
}

function renderRow(mail: Summary): Markup {
  return html`<tr>
    <td><a href="/messages/${mail.id}">${mail.subject || '(no subject)'}</a></td>
    <td>${mail.to.join(', ')}</td>
    <td>${mail.from}</td>
    <td>${mail.attachments === 0 ? '–' : String(mail.attachments)}</td>
    <td class="when"><time datetime="${mail.receivedAt}">${WHEN.format(new Date(mail.receivedAt))}</time></td>
  </tr>`;
}

export function renderList(mails: Summary[], total: number, to: string): string {
  const found =
    mails.length === 0
      ? html`<p class="empty">
          ${to === '' ? 'No mail yet. Messages the platform sends appear here.' : `No mail for “${to}”. Check the address, or clear the search.`}
        </p>`
      : html`<div class="scroll">
          <table>
            <caption>
              Newest first; times in UTC
            </caption>
            <thead>
              <tr>
                <th scope="col">Subject</th>
                <th scope="col">To</th>
                <th scope="col">From</th>
                <th scope="col">Files</th>
                <th scope="col">Received</th>
              </tr>
            </thead>
            <tbody>
              ${mails.map(renderRow)}
            </tbody>
          </table>
        </div>`;
  return page(
    'Messages',
    html`<h1>Sandbox inbox</h1>
      <form class="search" method="get" action="/" role="search">
        <div>
          <label for="to">Recipient</label
          ><input id="to" name="to" type="search" value="${to}" placeholder="name@example.com" />
        </div>
        <button type="submit">Search</button>${to === '' ? null : html`<a class="button plain" href="/">Clear</a>`}
      </form>
      <div class="bar">
        <span>${mails.length} of ${total} ${total === 1 ? 'message' : 'messages'}</span
        ><a href="/${to === '' ? '' : `?to=${encodeURIComponent(to)}`}">Refresh</a>
      </div>
      <div class="sheet">${found}</div>`,
  );
}

export function renderMissing(): string {
  return page(
    'Not found',
    html`<h1>This message is not here</h1>
      <p>It may have been deleted: the inbox keeps the newest 500. <a href="/">Back to the inbox</a></p>`,
  );
}

function renderAttachments({ summary, mail }: StoredMail): Markup | null {
  if (mail.attachments.length === 0) return null;
  return html`<h2>Files</h2>
    <div class="sheet">
      <ul>
        ${mail.attachments.map((file, index) => html`<li><a href="/messages/${summary.id}/attachments/${index}" download="${file.filename}">${file.filename}</a> (${file.contentType}, ${size(file.content.length)})</li>`)}
      </ul>
    </div>`;
}

export function renderMessage(stored: StoredMail): string {
  const { summary, mail } = stored;
  const rows: [string, string | null][] = [
    ['From', summary.from],
    ['To', readHeader(mail, 'to')],
    ['Cc', readHeader(mail, 'cc')],
    ['Delivered to', summary.to.join(', ')],
    ['Reply to', readHeader(mail, 'reply-to')],
    ['Received', `${WHEN.format(new Date(summary.receivedAt))} UTC`],
  ];
  return page(
    summary.subject || '(no subject)',
    html`<p><a href="/">← Inbox</a></p>
      <h1>${summary.subject || '(no subject)'}</h1>
      <div class="sheet">
        <dl>
          ${rows
            .filter((row) => row[1])
            .map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${value}</dd>`,
            )}
        </dl>
      </div>
      ${
        mail.html === null
          ? null
          : html`<h2>Message</h2>
              <div class="sheet">
                <iframe
                  title="Message as the recipient sees it"
                  src="/messages/${summary.id}/html"
                  sandbox="allow-popups allow-popups-to-escape-sandbox"
                ></iframe>
              </div>`
      }
      ${
        mail.text === null
          ? null
          : html`<h2>Plain text</h2>
              <div class="sheet"><pre tabindex="0">${mail.text}</pre></div>`
      }
      ${renderAttachments(stored)}
      <h2>Technical details</h2>
      <div class="sheet">
        <details>
          <summary>Headers (${mail.headers.length})</summary>
          <pre>${mail.headers.map((header) => html`${header.name}: ${header.value} `)}</pre>
        </details>
      </div>`,
  );
}

/** The message's own HTML for the frame: links open a new tab, `cid:` pictures are put in the page. */
export function renderFrame(mail: ParsedMail): string {
  const body = (mail.html ?? '').replace(/cid:([^"'\s)>]+)/gi, (whole, id: string) => {
    const file = mail.attachments.find((candidate) => candidate.contentId === decodeURIComponent(id));
    return file ? `data:${file.contentType};base64,${file.content.toString('base64')}` : whole;
  });
  return /<head[^>]*>/i.test(body)
    ? body.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
    : `<base target="_blank">${body}`;
}
