import { Pool } from 'undici';
import { watchCpu } from './machine.mjs';
import { median, spread } from './printer.mjs';
import { addressOf } from './product.mjs';

const SIGN_INS_PER_SECOND = 50;
const OTHERS_PER_SECOND = 100;
const BROWSERS = 20;

/**
 * Passwords are hashed off the event loop, at most two at once: while 50 sign-ins a second are attempted, the p95 of other requests (a stored search,
 * 100 a second at a fixed pace) must not rise above twice what it is without them. All attempts name accounts of their own from addresses of their own,
 * so that each one is hashed and none is throttled. `npm run bench -- --only sign-in`
 */
export async function benchSignIn({ api, fixtures, host }, options) {
  const { issuer } = (await api.ask('GET', '/oidc/.well-known/openid-configuration')).body;
  const { origin } = new URL(issuer);
  const browsers = [];
  for (let n = 0; n < BROWSERS; n += 1) browsers.push(await openSignInPage(api, host));
  const pool = new Pool(api.url, { connections: 64, pipelining: 1 });
  let attempts = 0;
  const statuses = new Map();
  const attempt = async () => {
    attempts += 1;
    const { path, cookie, csrf } = browsers[attempts % BROWSERS];
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path,
      headers: {
        host,
        cookie,
        origin,
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': addressOf(attempts),
      },
      body: new URLSearchParams({
        _csrf: csrf,
        email: `nobody-${process.pid}-${attempts}@bench.test`,
        password: 'not the password',
      }).toString(),
    });
    await body.dump();
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  };
  let asked = 0;
  const other = async (took) => {
    asked += 1;
    const began = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `/api/v1/flights/searches/${fixtures.searchId}`,
      headers: { host, 'x-forwarded-for': addressOf(asked) },
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`A stored search answered ${statusCode} while people signed in`);
    took.push(performance.now() - began);
  };
  try {
    await attempt();
    if (!statuses.has(200) && !statuses.has(401))
      throw new Error(`A sign-in was answered ${[...statuses.keys()].join()}`);
    const rounds = [];
    const cpu = watchCpu([process.pid]);
    for (let round = 0; round < options.rounds; round += 1) {
      const [alone, beside] = [[], []];
      await paced(options.seconds, [[OTHERS_PER_SECOND, () => other(alone)]]);
      const before = attempts;
      const began = performance.now();
      await paced(options.seconds, [
        [OTHERS_PER_SECOND, () => other(beside)],
        [SIGN_INS_PER_SECOND, attempt],
      ]);
      const perSecond = ((attempts - before) * 1000) / (performance.now() - began);
      rounds.push({ alone: at(alone, 0.95), beside: at(beside, 0.95), perSecond });
    }
    const { foreign } = cpu.end();
    const refused = [...statuses].filter(([status]) => status >= 429);
    const ratio = median(rounds.map(({ alone, beside }) => beside / alone));
    const met = ratio <= 2 && refused.length === 0;
    return {
      title: `Sign-ins under load, ${SIGN_INS_PER_SECOND} a second attempted`,
      columns: ['', 'without', 'beside sign-ins', 'ratio', 'target', ''],
      rows: [
        [
          'p95 of other requests, ms (min / median / max)',
          spread(rounds.map(({ alone }) => alone)),
          spread(rounds.map(({ beside }) => beside)),
          spread(rounds.map(({ alone, beside }) => beside / alone)),
          '≤ 2',
          met ? 'met' : 'missed',
        ],
        ['sign-ins answered a second', '', spread(rounds.map(({ perSecond }) => perSecond)), '', '', ''],
      ],
      remarks: [
        `${options.rounds} rounds of ${options.seconds} s each way by turns; answers to sign-ins: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}; others used ${(foreign * 100).toFixed(0)} % of the machine.`,
      ],
      missed: met ? [] : [`Sign-ins under load: ${ratio.toFixed(2)} of ≤ 2`],
    };
  } finally {
    await pool.close();
  }
}

/** Starts each piece of work so many times a second, however long it takes (an open loop), and waits for what is under way. */
async function paced(seconds, works) {
  const running = [];
  const timers = works.map(([perSecond, work]) => {
    let due = performance.now();
    return setInterval(() => {
      for (const now = performance.now(); due <= now; due += 1000 / perSecond) running.push(work());
    }, 2);
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  timers.forEach(clearInterval);
  await Promise.all(running);
}

const at = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

/** Opens the sign-in page as a browser does: from the portal over the issuer to the form. */
async function openSignInPage(api, host) {
  const jar = new Map();
  let path = '/auth/login?returnTo=%2F';
  for (let hops = 0; hops < 6; hops += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await api.ask('GET', path, { headers: cookie ? { cookie } : {}, host });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    if (answer.status === 200) {
      const csrf = /name="_csrf" value="([^"]+)"/.exec(answer.text)?.[1];
      if (!csrf) throw new Error(`${path} shows no form to sign in`);
      return { path, csrf, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
    }
    const to = new URL(answer.headers.location, `http://${host}`);
    path = `${to.pathname}${to.search}`;
  }
  throw new Error('The way to the sign-in page does not end');
}
