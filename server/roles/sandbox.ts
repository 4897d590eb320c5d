import { createServer } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { createLogger } from '../kernel/logging/logger.ts';
import { startSandbox } from '../sandbox/index.ts';
import { stopOnSignal } from './process.ts';

const port = z.coerce.number().int().min(1).max(65535);
const environment = z.object({
  ADMIN_PORT: port.default(9093),
  SANDBOX_DATA_DIR: z.string().default(path.resolve('.data/sandbox')),
  SANDBOX_DUFFEL_PORT: port.optional(),
  SANDBOX_STRIPE_PORT: port.optional(),
  SANDBOX_SMTP_PORT: port.optional(),
  SANDBOX_INBOX_PORT: port.optional(),
  SANDBOX_IDP_PORT: port.optional(),
  DEMO_IDP_CLIENT_ID: z.string().default('portolan-demo'),
  DEMO_IDP_SECRET: z.string().optional(),
  SANDBOX_STRIPE_WEBHOOK_URL: z.string().optional(),
  STRIPE_SECRET_KEY: z.string(),
  STRIPE_WEBHOOK_SECRET: z.string(),
  DUFFEL_TOKEN: z.string(),
  LOG_LEVEL: z.string().default('info'),
});

/** `sandbox`: local stand-ins for Duffel, Stripe, a mail server and a company's identity provider. Refuses to run in production. */
export async function runSandbox(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = environment.parse(env);
  const log = createLogger({ level: settings.LOG_LEVEL, role: 'sandbox' });
  const given = <T>(key: string, value: T | undefined) => (value === undefined ? {} : { [key]: value });
  const sandbox = await startSandbox({
    dataDir: settings.SANDBOX_DATA_DIR,
    duffel: { token: settings.DUFFEL_TOKEN, ...given('port', settings.SANDBOX_DUFFEL_PORT) },
    stripe: {
      secretKey: settings.STRIPE_SECRET_KEY,
      ...given('port', settings.SANDBOX_STRIPE_PORT),
      ...(settings.SANDBOX_STRIPE_WEBHOOK_URL
        ? { webhookUrl: settings.SANDBOX_STRIPE_WEBHOOK_URL, webhookSecret: settings.STRIPE_WEBHOOK_SECRET }
        : {}),
    },
    smtp: { ...given('smtpPort', settings.SANDBOX_SMTP_PORT), ...given('httpPort', settings.SANDBOX_INBOX_PORT) },
    ...(settings.SANDBOX_IDP_PORT && settings.DEMO_IDP_SECRET
      ? {
          idp: {
            port: settings.SANDBOX_IDP_PORT,
            clientId: settings.DEMO_IDP_CLIENT_ID,
            clientSecret: settings.DEMO_IDP_SECRET,
          },
        }
      : {}),
  });
  const admin = createServer((request, response) => {
    response.writeHead(['/healthz', '/readyz'].includes(request.url ?? '') ? 200 : 404).end('ok');
  }).listen(settings.ADMIN_PORT, '127.0.0.1');
  log.info(sandbox.urls, 'sandbox runs');
  stopOnSignal(log, async () => {
    admin.close();
    await sandbox.stop();
  });
}
