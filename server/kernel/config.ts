import { z } from 'zod';
import { findWeakSecrets } from './known-secrets.ts';

const url = (protocols: string[]) =>
  z.string().refine((value) => protocols.some((protocol) => value.startsWith(`${protocol}://`)), {
    error: `must be a URL starting with ${protocols.map((p) => `${p}://`).join(' or ')}`,
  });
const list = (value: string): string[] =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
const port = z.coerce.number().int().min(1).max(65535);

/**
 * The environment, each value with its sentence. `docs/reference/configuration.md` is printed from this schema.
 */
export const configSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('Seeds and sandbox refuse to run in production.'),
  PORT: port.default(8080).describe('HTTP port of the api role.'),
  HOST: z.string().default('127.0.0.1').describe('Address the api listens on; 0.0.0.0 in a container.'),
  ADMIN_PORT: port.default(9090).describe('Port of /healthz, /readyz and /metrics; never expose it to the internet.'),
  DATABASE_URL: url(['postgres', 'postgresql']).describe(
    'PostgreSQL. Its user owns the schemas and is used by migrations and provisioning only; running roles log in as the roles those make.',
  ),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(64).default(8).describe('Connections per cell and process.'),
  REDIS_URL: url(['redis', 'rediss']).describe('Redis: caches, sessions, queues. Nothing of record lives only there.'),
  MASTER_KEY: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, {
      error: 'must be 32 bytes in base64 (openssl rand -base64 32)',
    })
    .describe('Key-encryption key: wraps the keys of each tenant. 32 bytes, base64.'),
  MASTER_KEY_PREVIOUS: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .refine((keys) => keys.every((key) => Buffer.from(key, 'base64').length === 32), {
      error: 'must be keys of 32 bytes in base64, separated by commas',
    })
    .describe(
      'Master keys of before, comma-separated: they still open what they wrapped. Needed while the master key rotates, and to open backups of that time.',
    ),
  PUBLIC_ORIGIN_SCHEME: z
    .enum(['http', 'https'])
    .default('https')
    .describe('Scheme of public URLs; http only on a developer machine.'),
  PUBLIC_PORT: port
    .optional()
    .describe('Port in public URLs when it is not the scheme default; PORT when the scheme is http.'),
  PLATFORM_HOST: z.string().default('platform.localhost').describe('Host of the operators.'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(list)
    .describe('Comma-separated addresses whose X-Forwarded-* headers count.'),
  ADDRESS_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(60)
    .default(1200)
    .describe(
      'Requests of one address to one tenant, static files apart, in a minute; an office may share one address.',
    ),
  USER_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(60)
    .default(600)
    .describe('Requests of one signed-in person in a minute, wherever they come from.'),
  CLIENT_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(60)
    .default(1200)
    .describe('Requests of one API client in a minute, wherever they come from.'),
  TENANT_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(60)
    .default(60_000)
    .describe(
      'Requests of one tenant, static files apart, that all processes together answer in a minute; more get 429.',
    ),
  TENANT_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe(
      'Requests of one tenant under way at once in one process; more wait in line, so that other tenants need not.',
    ),
  STRIPE_API_BASE: url(['http', 'https']).default('https://api.stripe.com').describe('Base URL of the Stripe API.'),
  STRIPE_SECRET_KEY: z.string().min(1).describe('Secret key of the Stripe account.'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .min(1)
    .describe("Signing secret of the Stripe webhook endpoint for your own account's events."),
  STRIPE_CONNECT_WEBHOOK_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('Signing secret of the Stripe webhook endpoint for events of connected accounts.'),
  DUFFEL_API_BASE: z
    .string()
    .regex(/^https?:\/\/.+\/$/, { error: 'must be a URL ending in /' })
    .default('https://api.duffel.com/')
    .describe('Base URL of the Duffel API; ends in /.'),
  IMAGE_ORIGINS: z
    .string()
    .default('https://assets.duffel.com')
    .transform(list)
    .describe("Comma-separated origins that the suppliers' pictures come from: pages may show pictures of these only."),
  DUFFEL_TOKEN: z.string().min(1).describe('Access token of the Duffel account.'),
  EXCHANGE_RATES_URL: url(['https', 'http', 'file'])
    .optional()
    .describe(
      "Daily exchange rates, an address or a file in the form of the European Central Bank's eurofxref-daily.xml; resellers choose to take them over. Empty: they set their own.",
    ),
  SMTP_URL: url(['smtp', 'smtps']).describe('Outgoing mail server.'),
  EGRESS_ALLOW_PRIVATE: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe(
      'Whether addresses that a tenant enters (identity providers, webhooks, logos) may be http and of the own network. Refused in production.',
    ),
  DNS_SERVERS: z
    .string()
    .default('')
    .transform(list)
    .describe(
      "Comma-separated name servers (`address` or `address:port`) for such addresses and for proofs of a domain; empty: the system's.",
    ),
  BREACHED_PASSWORDS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder of Have I Been Pwned ranges (files named by the first five hex digits of the SHA-1): new passwords found there are refused. Nothing is fetched.',
    ),
  DEMO_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .describe('Password of the demo accounts made by the seed. Refused in production.'),
  DEMO_IDP_ISSUER: url(['http', 'https'])
    .optional()
    .describe(
      "Identity provider (the sandbox's) that the seed connects for the demo reseller Aurora; without it the seed disconnects it. Refused in production.",
    ),
  DEMO_IDP_CLIENT_ID: z
    .string()
    .min(1)
    .default('portolan-demo')
    .describe('Client id of the portals at that identity provider.'),
  DEMO_IDP_SECRET: z.string().min(8).optional().describe('Client secret of the portals at that identity provider.'),
  GUEST_DATA_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe(
      'Days after a trip ended for which the names and contacts of people who booked without an account are kept.',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Lowest level that is logged.'),
});

export type Config = z.infer<typeof configSchema>;

/** A configuration that cannot be used; `message` is one line that names each bad variable. Exit code 78 (EX_CONFIG). */
export class ConfigError extends Error {
  readonly exitCode = 78;
}

/**
 * Reads and checks the environment.
 * @throws ConfigError naming every missing or bad value in one line; in production also every secret that is none.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = configSchema.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name} ${present[name] === undefined ? 'is missing' : issue.message}`;
    });
    throw new ConfigError(`Configuration: ${faults.join('; ')}`);
  }
  if (parsed.data.NODE_ENV === 'production' && parsed.data.EGRESS_ALLOW_PRIVATE)
    throw new ConfigError(
      'Configuration: EGRESS_ALLOW_PRIVATE must not be set in production: tenants could reach the own network',
    );
  const weak = parsed.data.NODE_ENV === 'production' ? findWeakSecrets(parsed.data) : [];
  if (weak.length > 0)
    throw new ConfigError(`Configuration: ${weak.map(({ name, fault }) => `${name} ${fault}`).join('; ')}`);
  return parsed.data;
}

/** Origin under which a brand's host is reached by browsers, e.g. `http://sol.localhost:8080`. */
export function publicOrigin(config: Config, hostname: string): string {
  const port = config.PUBLIC_PORT ?? (config.PUBLIC_ORIGIN_SCHEME === 'http' ? config.PORT : undefined);
  return `${config.PUBLIC_ORIGIN_SCHEME}://${hostname}${port ? `:${port}` : ''}`;
}
