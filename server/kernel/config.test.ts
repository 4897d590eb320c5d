import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

const production = (over: Record<string, string> = {}) => ({
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://owner@db/portolan',
  REDIS_URL: 'redis://redis',
  MASTER_KEY: randomBytes(32).toString('base64'),
  STRIPE_SECRET_KEY: `sk_live_${randomBytes(12).toString('hex')}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString('hex')}`,
  DUFFEL_TOKEN: `duffel_live_${randomBytes(16).toString('hex')}`,
  SMTP_URL: 'smtps://mail',
  ...over,
});

describe('the configuration of a production', () => {
  it('with secrets of its own is taken', () => {
    expect(loadConfig(production()).NODE_ENV).toBe('production');
  });

  it.each([
    ['MASTER_KEY', Buffer.alloc(32, 7).toString('base64')],
    ['MASTER_KEY', Buffer.alloc(32).toString('base64')],
    ['MASTER_KEY', Buffer.from('0123456789abcdef0123456789abcdef'.replace(/[89a-f]/g, '0')).toString('base64')],
    ['STRIPE_SECRET_KEY', 'sk_test_sandbox'],
    ['STRIPE_SECRET_KEY', 'sk_test_51Nabc'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_test'],
    ['DUFFEL_TOKEN', 'duffel_test_sandbox'],
    ['DEMO_PASSWORD', 'Portolan-Demo-2026'],
  ])('with %s=%s is refused in one line, exit code 78', (name, value) => {
    const load = () => loadConfig(production({ [name]: value }));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      expect.objectContaining({ exitCode: 78, message: expect.stringMatching(`^Configuration: ${name} [^\n;]+$`) }),
    );
    expect(load).not.toThrow(new RegExp(value));
    expect(loadConfig({ ...production({ [name]: value }), NODE_ENV: 'development' }).NODE_ENV).toBe('development');
  });
});
