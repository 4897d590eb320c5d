import path from 'node:path';
import { readDemoPassword } from './demo.mjs';
import { makePrivateFolder } from './service-user.mjs';
import { describePortOwner, isPortFree } from './ports.mjs';
import { SetupError } from './setup-error.mjs';

const preferredHttpPort = 8080;
const preferredAdminPort = 9090;

/** Roles in the order of their admin ports: ADMIN_PORT for the API, then one more for each. */
export const roles = ['api', 'worker', 'scheduler', 'sandbox'];

/** The settings that `composeEnvironment` decides. */
export const settingNames = [
  'NODE_ENV',
  'LOG_LEVEL',
  'PUBLIC_ORIGIN_SCHEME',
  'PORT',
  'ADMIN_PORT',
  'DATABASE_URL',
  'REDIS_URL',
  'MASTER_KEY',
  'STRIPE_API_BASE',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'DUFFEL_API_BASE',
  'DUFFEL_TOKEN',
  'SMTP_URL',
  'DEMO_PASSWORD',
  'SANDBOX_DATA_DIR',
  'SANDBOX_DUFFEL_PORT',
  'SANDBOX_STRIPE_PORT',
  'SANDBOX_SMTP_PORT',
  'SANDBOX_INBOX_PORT',
  'SANDBOX_IDP',
  'SANDBOX_IDP_PORT',
  'DEMO_IDP_ISSUER',
  'DEMO_IDP_SECRET',
  'EGRESS_ALLOW_PRIVATE',
  'SANDBOX_STRIPE_WEBHOOK_URL',
  'TRUSTED_PROXIES',
  'PORTOLAN_DATA_DIR',
];

/** The HTTP port: given, else 8080. A taken one is refused with the name of who holds it; it is part of the printed URLs. */
export async function chooseHttpPort(env) {
  const port = readPort('PORT', env.PORT) ?? preferredHttpPort;
  if (await isPortFree(port)) return port;
  const owner = describePortOwner(port) ?? 'another program';
  throw new SetupError(
    `Port ${port} is in use by ${owner}. Stop it, or choose another port: PORT=${port + 1} npm run up`,
  );
}

/** The first of the admin ports: ADMIN_PORT if given (and then it must be free), else 9090, else any free ones. */
export async function chooseAdminPort(env, ports) {
  const given = readPort('ADMIN_PORT', env.ADMIN_PORT);
  if (given === undefined) return ports.pick('admin', { preferred: preferredAdminPort, count: roles.length });
  for (let port = given; port < given + roles.length; port += 1) {
    if (await isPortFree(port)) continue;
    const owner = describePortOwner(port) ?? 'another program';
    throw new SetupError(
      `ADMIN_PORT=${given} needs ports ${given} to ${given + roles.length - 1}, but ${port} is in use by ${owner}.`,
    );
  }
  return given;
}

function readPort(name, text) {
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetupError(`${name}=${text} is not a TCP port (1 to 65535).`);
}

/**
 * The environment of every process. What the caller's environment sets wins, so that a real Stripe, Duffel or mail server
 * can be put in the sandbox's place.
 */
export async function composeEnvironment({
  projectDir,
  dataFolder,
  env,
  ports,
  secrets,
  httpPort,
  adminPort,
  databaseUrl,
  redisUrl,
}) {
  const sandbox = {
    duffel: await ports.pick('sandbox-duffel'),
    stripe: await ports.pick('sandbox-stripe'),
    smtp: await ports.pick('sandbox-smtp'),
    inbox: await ports.pick('sandbox-inbox'),
  };
  const sandboxFolder = path.join(dataFolder.path, 'sandbox');
  makePrivateFolder(sandboxFolder);
  const defaults = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    PUBLIC_ORIGIN_SCHEME: 'http',
    MASTER_KEY: secrets.MASTER_KEY,
    STRIPE_API_BASE: `http://127.0.0.1:${sandbox.stripe}`,
    STRIPE_SECRET_KEY: secrets.STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: secrets.STRIPE_WEBHOOK_SECRET,
    DUFFEL_API_BASE: `http://127.0.0.1:${sandbox.duffel}/`,
    DUFFEL_TOKEN: secrets.DUFFEL_TOKEN,
    SMTP_URL: `smtp://127.0.0.1:${sandbox.smtp}`,
    DEMO_PASSWORD: readDemoPassword(projectDir, env),
    SANDBOX_DATA_DIR: sandboxFolder,
    SANDBOX_DUFFEL_PORT: String(sandbox.duffel),
    SANDBOX_STRIPE_PORT: String(sandbox.stripe),
    SANDBOX_SMTP_PORT: String(sandbox.smtp),
    SANDBOX_INBOX_PORT: String(sandbox.inbox),
    SANDBOX_STRIPE_WEBHOOK_URL: `http://platform.localhost:${httpPort}/webhooks/stripe`,
    ...(env.SANDBOX_IDP === 'off' ? {} : await sandboxIdp(ports, secrets)),
  };
  const own = Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, env[key] || value]));
  return {
    ...own,
    PORT: String(httpPort),
    ADMIN_PORT: String(adminPort),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
  };
}

/**
 * The identity provider of the sandbox. It answers on this machine by http, which the guard of outgoing calls otherwise refuses;
 * `SANDBOX_IDP=off` takes both away, and the seed then disconnects it.
 */
async function sandboxIdp(ports, secrets) {
  const port = await ports.pick('sandbox-idp');
  return {
    SANDBOX_IDP_PORT: String(port),
    DEMO_IDP_ISSUER: `http://127.0.0.1:${port}`,
    DEMO_IDP_SECRET: secrets.DEMO_IDP_SECRET,
    EGRESS_ALLOW_PRIVATE: 'true',
  };
}

/** The environment of one role: the common one with an admin port of its own. */
export function environmentOfRole(environment, role) {
  const adminPort = Number(environment.ADMIN_PORT) + roles.indexOf(role);
  return { ...passThrough(process.env), ...environment, ADMIN_PORT: String(adminPort) };
}

/** The caller's environment without what npm adds to it. */
function passThrough(env) {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('npm_')));
}
