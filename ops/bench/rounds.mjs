import autocannon from 'autocannon';
import { calibrate, cpuSecondsOf, watchCpu } from './machine.mjs';
import { median, spread } from './printer.mjs';
import { addressOf } from './product.mjs';

const ADDRESSES = 1000;
const WORST_CALIBRATION = 0.85;
const MOST_FOREIGN = 0.1;
const TRIES_PER_ROUND = 4;

/** Seen over all comparisons of a run: a round is measured against the machine at its best. */
let bestCalibration = 0;

/**
 * Two servers under the same load by turns, A, B, A, B …: only the ratio within one round counts. A round in which the machine was
 * slower than 85 % of its best, or in which others used more than 10 % of it, is refused and repeated; `force` keeps and marks it.
 * @param sides `{ reference, product }`, each `{ url, method, body, headers, pid }`, or `{ pid, drive }` with a load of its own; both do the same
 */
export async function compare({ title, sides, target, options }) {
  const { rounds, note } = options;
  for (const side of [sides.reference, sides.product]) await load(side, { ...options, seconds: 1 });
  const kept = [];
  let refused = 0;
  while (kept.length < rounds) {
    const round = await measureRound(sides, options);
    if (round.noise !== '' && !options.force) {
      refused += 1;
      note(`${title}: round refused, ${round.noise}`);
      if (refused > rounds * TRIES_PER_ROUND)
        throw new Error(`${title}: the machine is not quiet enough (${round.noise}); wait, or use --force`);
      continue;
    }
    kept.push(round);
    note(
      `${title}: round ${kept.length}, ratio ${round.ratio.toFixed(2)}${round.noise ? ` (noisy: ${round.noise})` : ''}`,
    );
  }
  return summarise({ title, target, kept, refused, options });
}

async function measureRound({ reference, product }, options) {
  const calibrations = [calibrate()];
  const cpu = watchCpu([process.pid]);
  const a = await load(reference, options);
  calibrations.push(calibrate());
  const b = await load(product, options);
  calibrations.push(calibrate());
  const { foreign } = cpu.end();
  bestCalibration = Math.max(bestCalibration, ...calibrations);
  const worst = Math.min(...calibrations) / bestCalibration;
  const noise = [
    ...(a.rps === 0 || b.rps === 0 ? ['a side answered nothing'] : []),
    ...(worst < WORST_CALIBRATION ? [`calibration ${(worst * 100).toFixed(0)} % of the best`] : []),
    ...(foreign > MOST_FOREIGN ? [`others used ${(foreign * 100).toFixed(0)} %`] : []),
  ].join(', ');
  return {
    a,
    b,
    ratio: b.rps / Math.max(a.rps, Number.EPSILON),
    cpuRatio: a.cpuMicros / b.cpuMicros,
    foreign,
    worst,
    noise,
  };
}

/** One load of one server: requests a second, latency, and CPU of the server's process for each request. */
async function load(side, options) {
  const before = cpuSecondsOf(side.pid);
  const { total, duration, p50, p99 } = await (side.drive ?? repeat)({ ...side, ...options });
  const cpuMicros = ((cpuSecondsOf(side.pid) - before) * 1e6) / Math.max(1, total);
  return { rps: total / duration, p50, p99, cpuMicros };
}

/** The same request again and again, over all connections. */
async function repeat({ url, method = 'GET', body, headers = {}, seconds, connections }) {
  // Each request comes from one of many addresses: the product's rate limit counts them, and is not reached.
  const requests = Array.from({ length: ADDRESSES }, (_, n) => ({
    method,
    ...(body ? { body } : {}),
    headers: { ...headers, 'x-forwarded-for': addressOf(n) },
  }));
  const result = await autocannon({ url, connections, duration: seconds, requests, timeout: 10 });
  if (result.errors + result.timeouts + result.non2xx > 0) {
    throw new Error(
      `${url}: ${result.errors} errors, ${result.timeouts} timeouts, ${result.non2xx} answers other than 2xx`,
    );
  }
  const { latency } = result;
  return { total: result.requests.total, duration: result.duration, p50: latency.p50, p99: latency.p99 };
}

function summarise({ title, target, kept, refused, options }) {
  const of = (pick) => kept.map(pick);
  const ratio = median(of((round) => round.ratio));
  const noisy = kept.filter((round) => round.noise !== '').length;
  const met = ratio >= target;
  return {
    title,
    columns: ['', 'reference', 'product', 'ratio', 'target', ''],
    rows: [
      [
        'requests/s (min / median / max)',
        spread(
          of((round) => round.a.rps),
          0,
        ),
        spread(
          of((round) => round.b.rps),
          0,
        ),
        spread(of((round) => round.ratio)),
        `≥ ${target.toFixed(2)}`,
        met ? 'met' : 'missed',
      ],
      [
        'CPU of the server, µs/request',
        spread(
          of((round) => round.a.cpuMicros),
          0,
        ),
        spread(
          of((round) => round.b.cpuMicros),
          0,
        ),
        spread(of((round) => round.cpuRatio)),
        '',
        '',
      ],
      ['p50 / p99 ms (medians)', latencies(of((round) => round.a)), latencies(of((round) => round.b)), '', '', ''],
    ],
    remarks: [
      `${kept.length} rounds of ${options.seconds} s each side by turns, ${options.connections} connections; ${refused} refused${noisy > 0 ? `; **${noisy} of those kept were noisy (--force): no evidence**` : ''}.`,
    ],
    missed: met ? [] : [`${title}: ${ratio.toFixed(2)} of ≥ ${target.toFixed(2)}`],
    rounds: kept,
  };
}

const latencies = (runs) =>
  `${median(runs.map((run) => run.p50)).toFixed(1)} / ${median(runs.map((run) => run.p99)).toFixed(1)}`;
