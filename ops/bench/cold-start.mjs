import { memoryOf } from './machine.mjs';
import { spread, median } from './printer.mjs';

const STARTS = 5;
const IDLE_MS = 3000;
// Measured on this kind of machine, on another day: no side by side.
const PEERS = [
  { name: 'Vendure 3.7.3', seconds: 3.58, rss: 236, targets: [0.35, 0.6] },
  { name: 'Medusa 2.21.2', seconds: 5.57, rss: 316, targets: [0.2, 0.45] },
];

/**
 * Row 13: from the start of an api process (the build, production mode) to its first good answer, over a warm file cache; then its
 * resident memory after three idle seconds. The peers' figures are quoted, not measured beside. `npm run bench -- --only cold-start`
 */
export async function benchColdStart(product, { note }) {
  const seconds = [];
  const rss = [];
  for (let n = 0; n < STARTS; n += 1) {
    const api = await product.startApi();
    seconds.push(await api.waitFor('/api/v1/places?query=MAD'));
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    rss.push(memoryOf(api.pid).rss);
    await api.stop();
    note(`cold start ${n + 1}: ${seconds[n].toFixed(2)} s, ${rss[n].toFixed(0)} MB`);
  }
  const rows = PEERS.flatMap(({ name, seconds: peerSeconds, rss: peerRss, targets }) => [
    rowOf(`first good answer, s; ${name}`, seconds, peerSeconds, targets[0]),
    rowOf(`idle RSS, MB; ${name}`, rss, peerRss, targets[1]),
  ]);
  return {
    title: 'Cold start and idle memory of the api role (row 13)',
    columns: ['', 'peer', 'product (min / median / max)', 'ratio', 'target', ''],
    rows,
    remarks: [
      `${STARTS} starts. The peers were measured on the same kind of machine on another day: **not side by side**.`,
    ],
    missed: rows.filter((row) => row.at(-1) === 'missed').map((row) => `${row[0]}: ${row[3]} of ${row[4]}`),
  };
}

function rowOf(name, values, peer, target) {
  const ratio = median(values) / peer;
  return [name, peer, spread(values), ratio.toFixed(2), `≤ ${target.toFixed(2)}`, ratio <= target ? 'met' : 'missed'];
}
