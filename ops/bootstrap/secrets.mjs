import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readEnvironmentFile, writeEnvironmentFile } from './environment-file.mjs';
import { SetupError } from './setup-error.mjs';

const generators = {
  MASTER_KEY: () => randomBytes(32).toString('base64'),
  STRIPE_SECRET_KEY: () => `sk_test_${randomBytes(24).toString('hex')}`,
  STRIPE_WEBHOOK_SECRET: () => `whsec_${randomBytes(24).toString('hex')}`,
  DUFFEL_TOKEN: () => `duffel_test_${randomBytes(24).toString('hex')}`,
  DEMO_IDP_SECRET: () => randomBytes(24).toString('hex'),
  POSTGRES_PASSWORD: () => randomBytes(24).toString('hex'),
  REDIS_PASSWORD: () => randomBytes(24).toString('hex'),
};

/** The secrets of a data folder, made once and kept in `secrets.env` (0600). */
export function loadSecrets(dataFolder) {
  const file = path.join(dataFolder.path, 'secrets.env');
  const kept = readEnvironmentFile(file);
  if (!kept.POSTGRES_PASSWORD && fs.existsSync(path.join(dataFolder.path, 'postgres', 'PG_VERSION'))) {
    throw new SetupError(
      `${file} is gone, and without it the database in ${dataFolder.path} cannot be opened. Put it back, or delete ${dataFolder.path} to begin anew.`,
    );
  }
  const secrets = Object.fromEntries(Object.entries(generators).map(([key, make]) => [key, kept[key] || make()]));
  if (Object.keys(generators).some((key) => !kept[key])) {
    writeEnvironmentFile(file, secrets, 'Made by Portolan. MASTER_KEY opens the encrypted data: losing it loses them.');
  }
  return secrets;
}
