import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSandbox } from './index.ts';
import type { SandboxOptions } from './index.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDir, { recursive: true, force: true });
});
const options = (): SandboxOptions => ({
  dataDir,
  duffel: { port: 0, token: 'duffel_test_x' },
  stripe: { port: 0, secretKey: 'sk_test_x' },
  smtp: { smtpPort: 0, httpPort: 0 },
});

describe('the sandbox as a whole', () => {
  it('starts every service, each saying it is healthy, and stops them', async () => {
    const sandbox = await startSandbox(options());
    for (const address of [sandbox.urls.duffel, sandbox.urls.stripe, sandbox.urls.inbox]) {
      expect((await fetch(new URL('/__sandbox/health', address))).status).toBe(200);
    }
    await sandbox.stop();
    await expect(fetch(sandbox.urls.stripe)).rejects.toThrow();
  });

  it('leaves nothing running when one service cannot have its port', async () => {
    const first = await startSandbox(options());
    const taken = Number(new URL(first.urls.stripe).port);
    await expect(startSandbox({ ...options(), stripe: { port: taken, secretKey: 'sk_test_x' } })).rejects.toThrow(
      'EADDRINUSE',
    );
    for (const smtp of [
      { smtpPort: Number(new URL(first.urls.smtp).port), httpPort: 0 },
      { smtpPort: 0, httpPort: Number(new URL(first.urls.inbox).port) },
    ]) {
      await expect(startSandbox({ ...options(), smtp })).rejects.toThrow('EADDRINUSE');
    }
    await first.stop();
  });

  it('does not run in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await expect(startSandbox(options())).rejects.toThrow('does not run in production');
  });
});
