import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmtpSandbox } from '../sandbox/index.ts';
import { createMailer } from './mailer.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'mailer-'));
const sandbox = createSmtpSandbox({ smtpPort: 0, httpPort: 0, dataDir });
beforeAll(() => sandbox.start());
afterAll(async () => {
  await sandbox.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const mail = (over: object = {}) => ({
  id: 'one',
  from: { name: 'Shore', address: 'bookings@shore.test' },
  to: 'clara@mail.test',
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  ...over,
});
const inbox = async (to: string) => {
  const { data } = (await (await fetch(`${sandbox.url}/api/messages?to=${to}`)).json()) as {
    data: Array<{ id: string }>;
  };
  return Promise.all(
    data.map(
      async ({ id }) =>
        (await (await fetch(`${sandbox.url}/api/messages/${id}`)).json()) as {
          messageId: string;
          subject: string;
          from: string;
          headers: Array<{ name: string; value: string }>;
        },
    ),
  );
};

describe('a mail', () => {
  it('keeps its Message-ID when it is sent again, so that servers can drop the second', async () => {
    const mailer = createMailer(sandbox.smtpUrl);
    await mailer.send(mail());
    await mailer.send(mail());
    expect((await inbox('clara@mail.test')).map((one) => one.messageId)).toEqual([
      '<one@shore.test>',
      '<one@shore.test>',
    ]);
    mailer.close();
  });

  it('cannot be given headers by a name or a subject', async () => {
    const mailer = createMailer(sandbox.smtpUrl);
    await mailer.send(
      mail({
        to: 'safe@mail.test',
        subject: 'Trip\r\nBcc: everybody@mail.test',
        from: { name: 'Shore"\r\nX-Evil: 1', address: 'bookings@shore.test' },
      }),
    );
    const [got] = await inbox('safe@mail.test');
    expect(got!.headers.map((header) => header.name.toLowerCase())).not.toContain('x-evil');
    expect(got!.headers.map((header) => header.name.toLowerCase())).not.toContain('bcc');
    expect(await inbox('everybody@mail.test')).toEqual([]);
    mailer.close();
  });

  it('that no server takes is a fault of the sender to try again', async () => {
    const mailer = createMailer('smtp://127.0.0.1:1');
    await expect(mailer.send(mail())).rejects.toThrow();
  });
});
