import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { answerInbox } from './inbox-server.ts';
import { createMailFaults } from './mail-faults.ts';
import type { MailFaults } from './mail-faults.ts';
import { openMailbox } from './mailbox.ts';
import type { Mailbox } from './mailbox.ts';

export interface SmtpSandboxOptions {
  /** 0 takes any free port. */
  smtpPort: number;
  httpPort: number;
  dataDir: string;
  /** 127.0.0.1 by default. */
  host?: string;
}

/** `url` is the inbox, `smtpUrl` what a mail client connects to. */
export interface SmtpSandbox {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly url: string;
  readonly smtpUrl: string;
}

const MAX_MESSAGE = 25 * 1024 * 1024;

async function receive(
  mailbox: Mailbox,
  faults: MailFaults,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  if (stream.sizeExceeded)
    throw Object.assign(new Error(`The message is larger than ${MAX_MESSAGE} bytes`), { responseCode: 552 });
  const fault = faults.take();
  if (fault?.kind === 'slow') await sleep(fault.delayMs);
  if (fault?.kind === 'refuse')
    throw Object.assign(new Error('Refused, as asked through /__sandbox/faults'), { responseCode: fault.code });
  const { mailFrom, rcptTo } = session.envelope;
  const summary = mailbox.add(
    { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((recipient) => recipient.address) },
    Buffer.concat(parts),
  );
  return `Kept in the sandbox as ${summary.id}`;
}

function createMailServer(mailbox: Mailbox, faults: MailFaults): SMTPServer {
  return new SMTPServer({
    banner: 'Sandbox: mail is kept, never forwarded',
    authOptional: true,
    allowInsecureAuth: true,
    size: MAX_MESSAGE,
    // Offering STARTTLS would need a certificate the client trusts.
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'sandbox' }),
    onData: (stream, session, callback) => {
      receive(mailbox, faults, stream, session).then(
        (answer) => callback(null, answer),
        (error: Error) => callback(error),
      );
    },
  });
}

/** A mail server that takes every message and shows it in an inbox page instead of sending it on. */
export function createSmtpSandbox(options: SmtpSandboxOptions): SmtpSandbox {
  const host = options.host ?? '127.0.0.1';
  let url = `http://${host}:${options.httpPort}`;
  let smtpUrl = `smtp://${host}:${options.smtpPort}`;
  let close: (() => Promise<void>) | null = null;

  async function start(): Promise<void> {
    if (close) return;
    const mailbox = openMailbox(join(options.dataDir, 'messages'));
    const faults = createMailFaults();
    const smtp = createMailServer(mailbox, faults);
    await new Promise<void>((resolve, reject) => {
      // Once listening, rejecting has no effect: a client that hangs up is no reason to stop.
      smtp.on('error', (error: Error) => {
        reject(error);
      });
      smtp.listen(options.smtpPort, host, () => resolve());
    });
    const inbox = createServer((request, response) => {
      answerInbox({ mailbox, faults }, request, response).catch((error: unknown) => {
        console.error('Mail sandbox: a request failed', error);
        if (!response.headersSent) response.writeHead(500).end('The inbox failed unexpectedly: see its log.\n');
      });
    });
    try {
      await new Promise<void>((resolve, reject) => {
        inbox.once('error', reject);
        inbox.listen(options.httpPort, host, () => resolve());
      });
    } catch (error) {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      throw error;
    }
    url = `http://${host}:${(inbox.address() as AddressInfo).port}`;
    smtpUrl = `smtp://${host}:${(smtp.server.address() as AddressInfo).port}`;
    close = async () => {
      inbox.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => inbox.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    };
  }

  return {
    start,
    async stop() {
      const current = close;
      close = null;
      await current?.();
    },
    get url() {
      return url;
    },
    get smtpUrl() {
      return smtpUrl;
    },
  };
}
