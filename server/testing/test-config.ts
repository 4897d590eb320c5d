import { inject } from 'vitest';
import { loadConfig, type Config } from '../kernel/config.ts';

/** Configuration of a test run: database and Redis of the run, outside services at addresses a test overrides. */
export function testConfig(overrides: Record<string, string> = {}): Config {
  return loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: process.env.DATABASE_URL ?? inject('databaseUrl' as never),
    REDIS_URL: process.env.REDIS_URL ?? inject('redisUrl' as never),
    DATABASE_POOL_SIZE: '4',
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    PUBLIC_ORIGIN_SCHEME: 'http',
    PUBLIC_PORT: '8080',
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_WEBHOOK_SECRET: 'whsec_test',
    DUFFEL_TOKEN: 'duffel_test_sandbox',
    SMTP_URL: 'smtp://127.0.0.1:1',
    LOG_LEVEL: 'silent',
    ...overrides,
  });
}
