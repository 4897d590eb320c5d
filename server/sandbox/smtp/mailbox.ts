import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedMail } from './mime.ts';
import { parseMail, readHeader } from './mime.ts';

export interface Summary {
  id: string;
  from: string;
  to: string[];
  subject: string;
  receivedAt: string;
  size: number;
  attachments: number;
}
export interface StoredMail {
  summary: Summary;
  mail: ParsedMail;
}
interface Envelope {
  id: string;
  from: string;
  to: string[];
  receivedAt: string;
}
export interface MailFilter {
  to?: string | undefined;
  subject?: string | undefined;
}

export interface Mailbox {
  add(envelope: { from: string; to: string[] }, raw: Buffer): Summary;
  list(filter: MailFilter): Summary[];
  read(id: string): StoredMail | undefined;
  clear(): number;
}

const SUFFIX = '.mail';

function summarise(envelope: Envelope, raw: Buffer): Summary {
  const mail = parseMail(raw);
  return {
    id: envelope.id,
    from: readHeader(mail, 'from') ?? envelope.from,
    to: envelope.to,
    subject: readHeader(mail, 'subject') ?? '',
    receivedAt: envelope.receivedAt,
    size: raw.length,
    attachments: mail.attachments.length,
  };
}

/** A file is one line of JSON, the envelope, followed by the message as it came. */
function readStored(file: string): { envelope: Envelope; raw: Buffer } {
  const bytes = readFileSync(file);
  const end = bytes.indexOf(0x0a);
  return { envelope: JSON.parse(bytes.subarray(0, end).toString('utf8')) as Envelope, raw: bytes.subarray(end + 1) };
}

const holds = (text: string, wanted: string | undefined): boolean =>
  wanted === undefined || text.toLowerCase().includes(wanted.toLowerCase());

/** Keeps the newest messages in a folder, one file each, written whole; older ones are removed. */
export function openMailbox(folder: string, keep = 500): Mailbox {
  mkdirSync(folder, { recursive: true });
  let sequence = 0;
  const fileOf = (id: string): string => join(folder, `${id}${SUFFIX}`);
  let summaries = readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => {
      const { envelope, raw } = readStored(join(folder, name));
      return summarise(envelope, raw);
    });

  return {
    add(envelope, raw) {
      const now = new Date();
      sequence += 1;
      const id = `${now.getTime().toString().padStart(15, '0')}-${sequence.toString().padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
      const stored: Envelope = { id, ...envelope, receivedAt: now.toISOString() };
      const summary = summarise(stored, raw);
      writeFileSync(`${fileOf(id)}.new`, Buffer.concat([Buffer.from(`${JSON.stringify(stored)}\n`), raw]), {
        flush: true,
      });
      renameSync(`${fileOf(id)}.new`, fileOf(id));
      summaries.push(summary);
      for (const old of summaries.splice(0, Math.max(0, summaries.length - keep)))
        rmSync(fileOf(old.id), { force: true });
      return summary;
    },
    list: (filter) =>
      summaries
        .filter((summary) => holds(summary.to.join('\n'), filter.to) && holds(summary.subject, filter.subject))
        .reverse(),
    read(id) {
      const summary = summaries.find((candidate) => candidate.id === id);
      return summary && { summary, mail: parseMail(readStored(fileOf(id)).raw) };
    },
    clear() {
      const count = summaries.length;
      for (const summary of summaries) rmSync(fileOf(summary.id), { force: true });
      summaries = [];
      return count;
    },
  };
}
