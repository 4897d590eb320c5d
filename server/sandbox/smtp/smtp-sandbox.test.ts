import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSmtpSandbox } from './index.ts';
import type { SmtpSandbox } from './index.ts';
import { openMailbox } from './mailbox.ts';
import { decodeWords, parseParameters } from './mime-headers.ts';

interface Detail {
  id: string;
  subject: string;
  from: string;
  to: string[];
  text: string | null;
  html: string | null;
  attachments: { filename: string; contentType: string; size: number; url: string; contentId: string | null }[];
}

let dataDir: string;
let sandbox: SmtpSandbox;
const create = (): SmtpSandbox => createSmtpSandbox({ smtpPort: 0, httpPort: 0, dataDir });
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'smtp-sandbox-'));
  sandbox = create();
  await sandbox.start();
});
afterAll(async () => {
  await sandbox.stop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await fetch(`${sandbox.url}/api/messages`, { method: 'DELETE' });
});

const send = (mail: SendMailOptions): Promise<unknown> =>
  nodemailer
    .createTransport(sandbox.smtpUrl)
    .sendMail({ from: 'Viajes Sol <hola@viajes-sol.example>', to: 'marta@example.com', ...mail });

async function newest(query = ''): Promise<Detail> {
  const list = (await (await fetch(`${sandbox.url}/api/messages${query}`)).json()) as { data: { id: string }[] };
  return (await (await fetch(`${sandbox.url}/api/messages/${list.data[0]?.id}`)).json()) as Detail;
}

describe('the mail sandbox', () => {
  it('keeps text, HTML, names with accents and files as they were sent', async () => {
    const pdf = randomBytes(40_000);
    const ics = Buffer.from('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
    const subject =
      'Confirmación de su reserva PNX8 – Málaga → París, con un asunto muy largo para que se parta en varias palabras codificadas ✈️';
    const text = `Hola Marta:\n\nSu reserva está lista. ${'Línea larga con eñes y €. '.repeat(20)}\n.\nFin = de mensaje`;
    await send({
      from: '"Viajes Ñandú, S.L." <hola@viajes-sol.example>',
      to: '"García, Marta" <marta@example.com>',
      bcc: 'copia@example.com',
      subject,
      text,
      html: `<h1>Reserva PNX8</h1><p>Málaga – París: 120,50 €</p><img src="cid:logo@brand" alt="Logo">`,
      attachments: [
        { filename: 'Itinerario García – París.pdf', content: pdf, contentType: 'application/pdf' },
        { filename: 'viaje.ics', content: ics, contentType: 'text/calendar; charset=utf-8' },
        { filename: 'logo.png', content: randomBytes(100), cid: 'logo@brand', contentType: 'image/png' },
      ],
    });
    const mail = await newest('?to=COPIA@example.com');
    expect(mail).toMatchObject({
      subject,
      from: 'Viajes Ñandú, S.L. <hola@viajes-sol.example>',
      to: ['marta@example.com', 'copia@example.com'],
    });
    expect(mail.text?.replaceAll('\r\n', '\n').trim()).toBe(text);
    expect(mail.html).toContain('Málaga – París: 120,50 €');
    expect(mail.attachments.map((file) => [file.filename, file.contentType]).sort()).toEqual([
      ['Itinerario García – París.pdf', 'application/pdf'],
      ['logo.png', 'image/png'],
      ['viaje.ics', 'text/calendar'],
    ]);
    for (const [name, content] of [
      ['Itinerario García – París.pdf', pdf],
      ['viaje.ics', ics],
    ] as const) {
      const file = await fetch(
        sandbox.url + (mail.attachments.find((candidate) => candidate.filename === name)?.url ?? ''),
      );
      expect(file.headers.get('content-disposition')).toContain('attachment');
      expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
    }
  });

  it('shows the inbox and a message without letting its HTML run', async () => {
    await send({
      subject: '<b>Oferta</b>',
      text: 'Texto',
      html: '<p onclick="x()">Hola</p><script>alert(1)</script><a href="http://brand.localhost:8080/verify">Verificar</a>',
    });
    await send({ to: 'otra@example.com', subject: 'Otra', text: 'x' });
    const list = await fetch(`${sandbox.url}/?to=marta`);
    const page = await list.text();
    expect(list.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('Sandbox inbox');
    expect(page).toContain('&lt;b&gt;Oferta&lt;/b&gt;');
    expect(page).not.toContain('otra@example.com');
    const { id } = await newest('?subject=oferta');
    expect(await (await fetch(`${sandbox.url}/messages/${id}`)).text()).toContain(
      'sandbox="allow-popups allow-popups-to-escape-sandbox"',
    );
    const frame = await fetch(`${sandbox.url}/messages/${id}/html`);
    expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox .*default-src 'none'/);
    expect(await frame.text()).toContain('<base target="_blank">');
    expect((await fetch(`${sandbox.url}/messages/none`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/api/messages?limit=0`)).status).toBe(400);
    expect(await (await fetch(`${sandbox.url}/?to=nobody`)).text()).toContain('No mail for “nobody”');
  });

  it('refuses when asked to, then accepts again', async () => {
    await fetch(`${sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'refuse', times: 1 }),
    });
    await expect(send({ subject: 'A', text: 'a' })).rejects.toMatchObject({ responseCode: 451 });
    await send({ subject: 'B', text: 'b' });
    expect((await newest()).subject).toBe('B');
  });

  it('takes any user and password, and keeps mail over a restart', async () => {
    const { hostname, port } = new URL(sandbox.smtpUrl);
    await nodemailer
      .createTransport({ host: hostname, port: Number(port), auth: { user: 'any', pass: 'thing' } })
      .sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'Kept', text: 'x' });
    await sandbox.stop();
    sandbox = create();
    await sandbox.start();
    expect((await newest()).subject).toBe('Kept');
  });

  it('keeps only the newest messages on disk', async () => {
    const folder = join(dataDir, 'bounded');
    const mailbox = openMailbox(folder, 3);
    for (const name of ['one', 'two', 'three', 'four', 'five'])
      mailbox.add({ from: 'a@example.com', to: ['b@example.com'] }, Buffer.from(`Subject: ${name}\r\n\r\nx\r\n`));
    expect(mailbox.list({}).map((mail) => mail.subject)).toEqual(['five', 'four', 'three']);
    expect(await readdir(folder)).toHaveLength(3);
  });
});

describe('header decoding', () => {
  it('joins encoded words split inside a letter', () => {
    expect(decodeWords('=?UTF-8?B?w4M=?= =?UTF-8?Q?=C3?=\t=?utf-8?Q?=B1_fin?= suelto')).toBe('Ãñ fin suelto');
    expect(decodeWords('=?ISO-8859-1?Q?Espa=F1a?=')).toBe('España');
  });
  it('reads continued and encoded parameters', () => {
    expect(
      parseParameters("application/pdf; name*0*=utf-8''Itinerario%20; name*1*=Garc%C3%ADa; name*2=.pdf").params.name,
    ).toBe('Itinerario García.pdf');
    expect(parseParameters('attachment; filename="a \\"b\\"; c.txt"').params.filename).toBe('a "b"; c.txt');
  });
});
