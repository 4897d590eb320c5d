import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const KEPT = 500;
const MOST_GROWTH = 1.15;

/**
 * One issuer a brand, made when first asked for: what 3,000 of them cost a process that keeps the 500 used last. A process of its own, with the
 * identity module of the build, serves discovery, keys and a token at each; memory is read after a full collection. Target: after 3,000 no
 * more than 1.15 × the heap of 500. `npm run bench -- --only issuers-memory`
 */
export async function benchIssuersMemory({ fixtures, host, stack }, { note }) {
  const child = fork(fileURLToPath(new URL('issuers-memory-entry.mjs', import.meta.url)), [], {
    env: { ...process.env, ...stack.environment, NODE_ENV: 'production', LOG_LEVEL: 'fatal', DEMO_PASSWORD: '' },
    execArgv: ['--expose-gc'],
  });
  try {
    child.send({ client: fixtures.client, tenant: fixtures.tenant.slug, host });
    const samples = [];
    while (samples.at(-1)?.served !== 3000) {
      const [sample] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [{}])]);
      if (sample.served === undefined) throw new Error(sample.error ?? 'The process that serves the issuers ended');
      note(`${sample.served} issuers served: heap ${sample.heap.toFixed(0)} MB, RSS ${sample.rss.toFixed(0)} MB`);
      samples.push(sample);
    }
    return present(samples);
  } finally {
    if (child.exitCode === null) child.kill();
  }
}

function present(samples) {
  const [before, full] = [samples.find(({ served }) => served === 1), samples.find(({ served }) => served === KEPT)];
  const last = samples.at(-1);
  const growth = last.heap / full.heap;
  const met = growth <= MOST_GROWTH;
  return {
    title: 'Issuers in memory, the 500 used last are kept',
    columns: ['issuers served', 'heap, MB', 'RSS, MB', 'heap to that of 500', 'target', ''],
    rows: samples.map(({ served, heap, rss }) => [
      served,
      heap.toFixed(1),
      rss.toFixed(1),
      (heap / full.heap).toFixed(2),
      ...(served === last.served ? [`≤ ${MOST_GROWTH}`, met ? 'met' : 'missed'] : ['', '']),
    ]),
    remarks: [
      `One issuer: ${(((full.heap - before.heap) * 1024) / (KEPT - 1)).toFixed(0)} KiB of heap, its keys included.`,
    ],
    missed: met ? [] : [`Issuers in memory: ${growth.toFixed(2)} of ≤ ${MOST_GROWTH}`],
  };
}
