import { join } from 'node:path';
import { createDuffelSandbox } from './duffel/index.ts';
import { createIdpSandbox } from './idp/index.ts';
import { createSmtpSandbox } from './smtp/index.ts';
import { createStripeSandbox } from './stripe/index.ts';

export { createDuffelSandbox } from './duffel/index.ts';
export { createSmtpSandbox } from './smtp/index.ts';
export { createStripeSandbox } from './stripe/index.ts';

/** Ports a sandbox takes unless told otherwise. */
export const SANDBOX_PORTS = { duffel: 4011, stripe: 4012, smtp: 4025, inbox: 4026, idp: 4027 } as const;

export interface SandboxOptions {
  /** Everything the sandbox remembers; each service has its own folder in it. */
  dataDir: string;
  /** Listening address; 127.0.0.1 by default. */
  host?: string;
  duffel: { port?: number; token: string };
  stripe: {
    port?: number;
    secretKey: string;
    publishableKey?: string;
    /** Where events go, signed with `webhookSecret`; `*.localhost` is this machine. Left out, no event is sent. */
    webhookUrl?: string;
    webhookSecret?: string;
    /** Origin the customer's browser reaches the payment page at; the listening address by default. */
    publicUrl?: string;
  };
  smtp?: { smtpPort?: number; httpPort?: number };
  /** A company's identity provider; runs only when given. */
  idp?: { port?: number; clientId: string; clientSecret: string };
}

export interface RunningSandbox {
  stop(): Promise<void>;
  urls: { duffel: string; stripe: string; smtp: string; inbox: string; idp?: string };
}

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function stopAll(services: Service[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

/**
 * Starts the local stand-ins for the outside world: the travel supplier, the payment provider, a mail server
 * with an inbox page and, when asked for, a company's identity provider. Each answers `GET /__sandbox/health`. All or nothing: when one cannot start, the others stop.
 * Throws when NODE_ENV is `production`, because nothing here takes real money or sends real mail.
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The sandbox does not run in production: it takes no real money and sends no real mail. Unset NODE_ENV, or point STRIPE_API_BASE, DUFFEL_API_BASE and SMTP_URL at the real services.',
    );
  }
  const host = options.host ?? '127.0.0.1';
  const { webhookUrl, webhookSecret, publishableKey, publicUrl } = options.stripe;
  if ((webhookUrl === undefined) !== (webhookSecret === undefined))
    throw new Error('The Stripe sandbox needs webhookUrl and webhookSecret together: give both or neither.');
  const duffel = createDuffelSandbox({
    port: options.duffel.port ?? SANDBOX_PORTS.duffel,
    host,
    dataDir: join(options.dataDir, 'duffel'),
    token: options.duffel.token,
  });
  const stripe = createStripeSandbox({
    port: options.stripe.port ?? SANDBOX_PORTS.stripe,
    host,
    dataDir: join(options.dataDir, 'stripe'),
    secretKey: options.stripe.secretKey,
    webhooks:
      webhookUrl !== undefined && webhookSecret !== undefined ? [{ url: webhookUrl, secret: webhookSecret }] : [],
    ...(publishableKey === undefined ? {} : { publishableKey }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  const mail = createSmtpSandbox({
    smtpPort: options.smtp?.smtpPort ?? SANDBOX_PORTS.smtp,
    httpPort: options.smtp?.httpPort ?? SANDBOX_PORTS.inbox,
    dataDir: join(options.dataDir, 'smtp'),
    host,
  });
  const idp =
    options.idp &&
    createIdpSandbox({ ...options.idp, port: options.idp.port ?? SANDBOX_PORTS.idp, host, name: 'Contoso' });
  const services: Service[] = [duffel, stripe, mail, ...(idp ? [idp] : [])];
  const outcomes = await Promise.allSettled(services.map((service) => service.start()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stopAll(services.filter((_service, index) => outcomes[index]?.status === 'fulfilled'));
    throw failed.reason;
  }
  return {
    stop: () => stopAll(services),
    urls: {
      duffel: duffel.url,
      stripe: stripe.url,
      smtp: mail.smtpUrl,
      inbox: mail.url,
      ...(idp ? { idp: idp.url } : {}),
    },
  };
}
