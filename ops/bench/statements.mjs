import { startSqlCounter } from './sql-counter.mjs';

const REPEATS = 20;
const WARM_UPS = 5;

/**
 * SQL messages and statements of one request (row 1; the gate). Compares nothing and cannot be disturbed: an api process reaches
 * PostgreSQL through a proxy that reads the wire protocol, and each request is sent 20 times after 5 warm-ups, one after the other.
 * `npm run bench -- --only statements`
 */
export async function countStatements(product, { note }) {
  note('counting SQL on the wire');
  const { stack, fixtures } = product;
  const counter = await startSqlCounter(stack.environment.DATABASE_URL);
  const api = await product.startApi({ DATABASE_URL: counter.url });
  try {
    await api.waitFor('/api/v1/places?query=MAD');
    const { bearer, criteria, searchId, ownOffers, bookingId } = fixtures;
    const requests = [
      {
        name: 'search, supplier answer cached (POST)',
        target: [1, 3],
        send: () => api.ask('POST', '/api/v1/flights/searches', { body: criteria }),
      },
      {
        name: 'search results, cached (GET)',
        target: [0, 0],
        send: () => api.ask('GET', `/api/v1/flights/searches/${searchId}`),
      },
      {
        name: 'offer detail and quote',
        target: [1, 3],
        send: (n) => api.ask('GET', `/api/v1/flights/offers/${ownOffers[n % 5].id}`, { headers: bearer }),
      },
      {
        name: 'booking list, 20 rows',
        target: [1, 3],
        send: () => api.ask('GET', '/api/v1/bookings?limit=20', { headers: bearer }),
      },
      {
        name: 'booking detail',
        target: [1, 3],
        send: () => api.ask('GET', `/api/v1/bookings/${bookingId}`, { headers: bearer }),
      },
      {
        name: 'storefront results page (SSR)',
        target: [1, 3],
        send: () => api.ask('GET', resultsPath(criteria), { headers: { accept: 'text/html' } }),
      },
    ];
    const counted = [];
    for (const request of requests) counted.push({ ...request, ...(await countOne(counter, request)) });
    return present(counted);
  } finally {
    await api.stop();
    await counter.stop();
  }
}

function present(counted) {
  const missed = counted.filter(({ target, messages, statements }) => messages > target[0] || statements > target[1]);
  return {
    title: 'SQL per request (row 1, gate)',
    columns: ['request', 'messages', 'statements', 'target', ''],
    rows: counted.map((one) => [
      one.name,
      one.messages,
      one.statements,
      `${one.target[0]} / ≤ ${one.target[1]}`,
      missed.includes(one) ? 'missed' : 'met',
    ]),
    remarks: process.env.BENCH_SQL
      ? counted.map(({ name, texts }) => `${name}:\n${texts.map((text) => `  ${text}`).join('\n')}`)
      : [],
    missed: missed.map(({ name }) => `SQL of ${name}`),
  };
}

/** Address of the storefront page of a search. */
export function resultsPath({ slices: [slice] }) {
  return `/flights?from=${slice.origin}&to=${slice.destination}&depart=${slice.departureDate}&adults=1`;
}

async function countOne(counter, { name, send }) {
  for (let n = 0; n < WARM_UPS; n += 1) await check(send(n), name);
  counter.reset();
  for (let n = 0; n < REPEATS; n += 1) await check(send(n), name);
  const { messages, statements, texts } = counter.counts;
  return { messages: messages / REPEATS, statements: statements / REPEATS, texts: [...new Set(texts)] };
}

async function check(answer, name) {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`${name}: ${status} ${text.slice(0, 300)}`);
}
