/** Secrets that stand in this repository: in examples, tests and the sandbox. Everybody knows them. */
const KNOWN = new Set(['sk_test_sandbox', 'whsec_test', 'duffel_test_sandbox', 'Portolan-Demo-2026']);
const LEAST_DISTINCT_BYTES = 16;

interface Secrets {
  MASTER_KEY: string;
  STRIPE_API_BASE: string;
  STRIPE_SECRET_KEY: string;
  STRIPE_WEBHOOK_SECRET: string;
  STRIPE_CONNECT_WEBHOOK_SECRET?: string | undefined;
  DUFFEL_API_BASE: string;
  DUFFEL_TOKEN: string;
  DEMO_PASSWORD?: string | undefined;
  DEMO_IDP_ISSUER?: string | undefined;
}

/** What is wrong with the secrets of a production, by variable. Outside production nothing is. */
export function findWeakSecrets(config: Secrets): Array<{ name: keyof Secrets; fault: string }> {
  const faults: Array<{ name: keyof Secrets; fault: string }> = [];
  // Bytes of a random generator: fewer than 16 different ones among 32 come up once in 10^9.
  if (new Set(Buffer.from(config.MASTER_KEY, 'base64')).size < LEAST_DISTINCT_BYTES)
    faults.push({ name: 'MASTER_KEY', fault: 'is not random (openssl rand -base64 32)' });
  for (const name of [
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'STRIPE_CONNECT_WEBHOOK_SECRET',
    'DUFFEL_TOKEN',
  ] as const)
    if (KNOWN.has(config[name] ?? '')) faults.push({ name, fault: 'is an example that everybody knows' });
  if (config.STRIPE_API_BASE === 'https://api.stripe.com' && config.STRIPE_SECRET_KEY.startsWith('sk_test_'))
    faults.push({ name: 'STRIPE_SECRET_KEY', fault: 'is a key of the test mode' });
  if (config.DUFFEL_API_BASE === 'https://api.duffel.com/' && config.DUFFEL_TOKEN.startsWith('duffel_test_'))
    faults.push({ name: 'DUFFEL_TOKEN', fault: 'is a token of the test mode' });
  if (config.DEMO_PASSWORD !== undefined)
    faults.push({ name: 'DEMO_PASSWORD', fault: 'must not be set: there are no demo accounts in production' });
  if (config.DEMO_IDP_ISSUER !== undefined)
    faults.push({ name: 'DEMO_IDP_ISSUER', fault: 'must not be set: anybody signs in at the sandbox as anybody' });
  return faults.filter(({ name }, at) => faults.findIndex((other) => other.name === name) === at);
}
