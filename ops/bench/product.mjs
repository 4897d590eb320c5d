import { randomUUID } from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startJourneyStack } from '../bootstrap/journey-stack.mjs';
import { loadBuilt } from './built.mjs';
import { pickPort, startProgram, waitForAnswer } from './process.mjs';

export const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const BRAND_HOST = 'sol.localhost';
const BOOKINGS = 25;

/**
 * The product as it is shipped: the build in `dist/`, migrated and seeded stores of its own (a temporary PostgreSQL and Redis), the
 * sandboxes as suppliers. Figures come from api processes started here, in production mode and with the settings of production;
 * the only addition is that this machine is a trusted proxy, so that requests can come from many addresses, and that a tenant
 * has more of a minute: the rate limits stay on and are paid for, but not reached.
 */
export async function startProduct({ note }) {
  note('starting stores, sandboxes and the build');
  const stack = await startJourneyStack({ quiet: true });
  const programs = [];

  /** One more api process; `overrides` go into its environment, `nodeArguments` are Node's own (a profiler's, say). */
  async function startApi(overrides = {}, nodeArguments = []) {
    const port = await pickPort();
    const env = {
      ...process.env,
      ...stack.environment,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_PORT: stack.environment.PORT,
      ADMIN_PORT: String(await pickPort()),
      TRUSTED_PROXIES: '127.0.0.1',
      TENANT_REQUESTS_PER_MINUTE: '10000000',
      CLIENT_REQUESTS_PER_MINUTE: '10000000',
      DEMO_PASSWORD: '',
      DEMO_IDP_ISSUER: '',
      EGRESS_ALLOW_PRIVATE: 'false',
      ...overrides,
    };
    const logFile = path.join(stack.dataFolder, `bench-api-${port}.log`);
    const began = process.hrtime.bigint();
    const program = startProgram([...nodeArguments, 'dist/server/main.js', 'api'], { env, cwd: projectDir, logFile });
    programs.push(program);
    const url = `http://127.0.0.1:${port}`;
    const ask = createAsker(port);
    return {
      ...program,
      port,
      url,
      ask,
      logFile,
      /** Seconds from the start of the process to the first answer with 200 on a path. */
      async waitFor(pathname) {
        await waitForAnswer(() => ask('GET', pathname), { program });
        return Number(process.hrtime.bigint() - began) / 1e9;
      },
    };
  }

  async function stop() {
    await Promise.all(programs.map((program) => program.stop()));
    await stack.stop();
  }

  try {
    const api = await startApi();
    await api.waitFor('/api/v1/places?query=MAD');
    note(`filling: one search, ${BOOKINGS} bookings`);
    const fixtures = await fill(stack, api);
    // What remains is read by the api alone.
    return { stack, startApi, api, fixtures, host: BRAND_HOST, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Sends one request as a new address each time. */
function createAsker(port) {
  let asked = 0;
  return (method, pathname, { headers = {}, body, host = BRAND_HOST } = {}) =>
    new Promise((resolve, reject) => {
      asked += 1;
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const request = http.request({ port, host: '127.0.0.1', method, path: pathname, agent: false }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const received = Buffer.concat(parts).toString();
          const parsed = /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(received) : undefined;
          resolve({ status: answer.statusCode, text: received, body: parsed, headers: answer.headers });
        });
      });
      request.once('error', reject);
      request.setHeader('host', host);
      request.setHeader('x-forwarded-for', addressOf(asked));
      if (text !== undefined) request.setHeader('content-type', 'application/json');
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      request.end(text);
    });
}

/** The nth address of a block reserved for benchmarks (198.18.0.0/15, RFC 2544). */
export const addressOf = (n) => `198.18.${(n >> 8) & 255}.${n & 255}`;

async function must(answer, status, what) {
  const got = await answer;
  if (got.status !== status) throw new Error(`${what}: ${got.status} ${got.text.slice(0, 500)}`);
  return got;
}

/** A visitor's search and an agent's bookings, made through the API. */
async function fill(stack, api) {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const criteria = {
    slices: [{ origin: 'MAD', destination: 'LHR', departureDate: day(30) }],
    passengers: [{ type: 'adult' }],
  };
  const search = (await must(api.ask('POST', '/api/v1/flights/searches', { body: criteria }), 201, 'search')).body;
  const { tenant, token, client } = await makeAgentToken(stack, api);
  const bearer = { authorization: `Bearer ${token}` };
  const own = (
    await must(api.ask('POST', '/api/v1/flights/searches', { body: criteria, headers: bearer }), 201, 'search')
  ).body;
  const ids = [];
  for (let n = 0; n < BOOKINGS; n += 1) {
    const offer = own.offers[n % Math.min(5, own.offers.length)];
    const quote = (await must(api.ask('GET', `/api/v1/flights/offers/${offer.id}`, { headers: bearer }), 200, 'quote'))
      .body;
    const body = {
      items: [{ quoteId: quote.id }],
      travellers: [
        { type: 'adult', title: 'ms', gender: 'f', givenName: 'Clara', familyName: 'Vidal', bornOn: '1988-04-12' },
      ],
      contact: { givenName: 'Clara', familyName: 'Vidal', email: 'clara@bench.test', phone: '+34600000001' },
      payment: { method: 'wallet' },
    };
    const headers = { ...bearer, 'idempotency-key': randomUUID() };
    ids.push((await must(api.ask('POST', '/api/v1/bookings', { body, headers }), 201, 'booking')).body.id);
  }
  await waitUntilSold(api, bearer, ids.at(-1));
  return {
    criteria,
    searchId: search.id,
    offers: search.offers,
    ownOffers: own.offers,
    bearer,
    bookingId: ids[0],
    tenant,
    client,
  };
}

/** The worker confirms what was booked; the figures are of bookings that are whole. */
async function waitUntilSold(api, bearer, id) {
  for (let tries = 0; tries < 120; tries += 1) {
    const { body } = await must(api.ask('GET', `/api/v1/bookings/${id}`, { headers: bearer }), 200, 'booking');
    if (['confirmed', 'ticketed'].includes(body.state)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The bookings were not confirmed within a minute.');
}

/** An API client of the brand's agency, and an access token of it from the site's own issuer. */
async function makeAgentToken(stack, api) {
  const [{ loadConfig }, { createInfrastructure }, { createModules }, { findTenantBySlug }, { q }] = await loadBuilt(
    'kernel/config.js',
    'app/infrastructure.js',
    'app/modules.js',
    'tenancy/index.js',
    'kernel/database/builder.js',
  );
  const infra = createInfrastructure(loadConfig({ ...stack.environment, LOG_LEVEL: 'fatal' }), 'bench');
  try {
    const modules = createModules(infra);
    const tenant = await findTenantBySlug(infra.database.platform, 'aurora');
    const sql = infra.database.tenant(tenant);
    const brand = await sql.one(q('brands').where({ hostname: BRAND_HOST }));
    const vault = infra.vault.forTenant(tenant.id, tenant.wrappedDataKey);
    const made = await modules.identity.createApiClient(sql, vault, {
      name: 'bench',
      role: 'agent',
      agencyId: brand.agency_id,
      createdBy: null,
    });
    const basic = Buffer.from(`${made.clientId}:${made.clientSecret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await must(
      api.ask('POST', '/oidc/token', { body: 'grant_type=client_credentials', headers }),
      200,
      'token',
    );
    return {
      tenant,
      token: answer.body.access_token,
      client: { clientId: made.clientId, clientSecret: made.clientSecret },
    };
  } finally {
    await infra.close();
  }
}
