import { expect } from 'vitest';
import { inboxUrl } from './stack.ts';

export interface Mail {
  id: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  attachments: Array<{ filename: string; contentType: string; size: number; url: string }>;
}

/** What a recipient has received whose subject contains the words. */
export async function findMails(to: string, subject: string): Promise<Mail[]> {
  const query = new URLSearchParams({ to, subject, limit: '100' });
  const list = (await (await fetch(`${inboxUrl}/api/messages?${query}`)).json()) as { data: Array<{ id: string }> };
  return Promise.all(
    list.data.map(async ({ id }) => (await (await fetch(`${inboxUrl}/api/messages/${id}`)).json()) as Mail),
  );
}

/** Waits for a mail. */
export async function awaitMail(to: string, subject: string): Promise<Mail> {
  let found: Mail[] = [];
  await expect
    .poll(async () => (found = await findMails(to, subject)).length, {
      timeout: 30_000,
      interval: 200,
      message: `a mail to ${to} about "${subject}"`,
    })
    .toBeGreaterThan(0);
  const [first] = found;
  if (!first) throw new Error(`No mail to ${to} about "${subject}"`);
  return first;
}

/** The first address in a mail's text whose path begins so. */
export function findLink(mail: Mail, path: string): string {
  const links = mail.text.match(/https?:\/\/[^\s<>")]+/g) ?? [];
  const link = links.find((each) => new URL(each).pathname.startsWith(path));
  if (!link) throw new Error(`No link to ${path} in "${mail.subject}": ${links.join(' ')}`);
  return link;
}

export async function readAttachment(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${inboxUrl}${url}`)).arrayBuffer());
}
