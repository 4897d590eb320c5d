import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuffelSandbox, createSmtpSandbox, createStripeSandbox } from '../sandbox/index.ts';

type Service = 'duffel' | 'stripe' | 'mail';

export interface StoredMail {
  id: string;
  subject: string;
  from: string;
  messageId: string;
  html: string;
  text: string;
  attachments: Array<{ index: number; filename: string; contentType: string; size: number; url: string }>;
}

/** The outside world of one test file: supplier, payment provider and mail server on free ports, with their side doors. */
export async function startSandboxes(options: { stripeSecret: string; webhook?: { url: string; secret: string } }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'platform-'));
  const host = '127.0.0.1';
  const duffel = createDuffelSandbox({ port: 0, host, dataDir: join(dataDir, 'duffel') });
  const stripe = createStripeSandbox({
    port: 0,
    host,
    dataDir: join(dataDir, 'stripe'),
    secretKey: options.stripeSecret,
    webhooks: options.webhook ? [options.webhook] : [],
  });
  const mail = createSmtpSandbox({ smtpPort: 0, httpPort: 0, dataDir: join(dataDir, 'mail'), host });
  const services = [duffel, stripe, mail];
  await Promise.all(services.map((service) => service.start()));
  const origins: Record<Service, string> = { duffel: new URL(duffel.url).origin, stripe: stripe.url, mail: mail.url };

  async function control<T>(service: Service, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${origins[service]}/__sandbox/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => ({}))) as T;
  }

  return {
    urls: { duffel: duffel.url, stripe: stripe.url, smtp: mail.smtpUrl },
    control,
    addFault: (service: Service, fault: object) => control<unknown>(service, 'POST', 'faults', fault),
    clearFaults: () => Promise.all((['duffel', 'stripe'] as const).map((one) => control(one, 'DELETE', 'faults'))),
    /** What a recipient has received, whole. */
    async mailsTo(address: string): Promise<StoredMail[]> {
      const list = await fetch(`${origins.mail}/api/messages?limit=500&to=${encodeURIComponent(address)}`);
      const { data } = (await list.json()) as { data: Array<{ id: string }> };
      return Promise.all(
        data.map(async ({ id }) => (await (await fetch(`${origins.mail}/api/messages/${id}`)).json()) as StoredMail),
      );
    },
    async attachment(url: string): Promise<Buffer> {
      return Buffer.from(await (await fetch(`${origins.mail}${url}`)).arrayBuffer());
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Sandboxes = Awaited<ReturnType<typeof startSandboxes>>;
