import path from 'node:path';
import { readEnvironmentFile } from './environment-file.mjs';

/** The hosts and accounts that the demo seed makes. */
export const demoHosts = [
  { host: 'aurora.localhost', about: 'Aurora, a reseller' },
  { host: 'sol.localhost', about: 'Sol, an agency’s own brand inside Aurora' },
  { host: 'meridian.localhost', about: 'Meridian, a second reseller' },
];

export const demoAccounts = ['aurora', 'meridian'].flatMap((tenant) =>
  ['admin', 'agent', 'subagent', 'customer'].map((role) => `${role}@${tenant}.test`),
);

/** The password of the demo accounts: DEMO_PASSWORD, else the one in `.env.example`. */
export function readDemoPassword(projectDir, env = process.env) {
  return env.DEMO_PASSWORD || readEnvironmentFile(path.join(projectDir, '.env.example')).DEMO_PASSWORD;
}
