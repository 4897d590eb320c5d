import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectDir } from './product.mjs';
import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';
import { resultsPath } from './statements.mjs';

/**
 * Row 5: the storefront's results page, drawn for each request from data in memory (`GET /flights?…`), against a Koa route that does
 * nothing but `renderToString` of the same tree. The product also makes the search (supplier's answer cached, priced for this
 * seller, stored), the app with router and stores, the shell around it and the state the browser starts from.
 * Target ≥ 0.70. `npm run bench -- --only results-page`
 */
export async function benchResultsPage({ api, fixtures, host }, options) {
  const address = resultsPath(fixtures.criteria);
  const headers = { accept: 'text/html', 'accept-language': 'en' };
  const answer = await api.ask('GET', address, { headers });
  if (answer.status !== 200) throw new Error(`${address}: ${answer.status}`);
  const search = (await api.ask('POST', '/api/v1/flights/searches', { body: fixtures.criteria })).body;
  const state = JSON.parse(/id="app-state"[^>]*>([^<]*)</.exec(answer.text)[1]);
  const reference = await startReference('ssr', {
    bundle: await bundlePage(),
    url: address,
    brand: state.brand,
    search,
  });
  try {
    const raw = await (await fetch(reference.url)).text();
    mustShowTheSame(raw, answer.text);
    const sides = {
      reference: { url: `${reference.url}/`, pid: reference.pid },
      product: { url: `${api.url}${address}`, pid: api.pid, headers: { host, ...headers } },
    };
    const title = `Results page, ${search.offers.length} offers, ${(answer.text.length / 1000).toFixed(0)} kB of which ${(raw.length / 1000).toFixed(0)} kB the tree (row 5)`;
    return await compare({ title, sides, target: 0.7, options });
  } finally {
    await reference.stop();
  }
}

/** The page without the server around it, compiled as the product's renderer is. */
async function bundlePage() {
  const { build } = await import('vite');
  const outDir = path.join(projectDir, 'dist/bench');
  await build({
    configFile: path.join(projectDir, 'tenant-portal/vite.config.ts'),
    root: path.join(projectDir, 'tenant-portal'),
    logLevel: 'warn',
    build: { ssr: true, outDir, rolldownOptions: { input: path.join(projectDir, 'ops/bench/results-page-entry.ts') } },
  });
  const file = path.join(outDir, 'results-page-entry.js');
  await import(pathToFileURL(file).href);
  return file;
}

/** Each offer's price must be on both pages. */
function mustShowTheSame(raw, page) {
  const cards = (html) => (html.match(/<article/g) ?? []).length;
  if (cards(raw) === 0 || cards(raw) !== cards(page))
    throw new Error(`The reference shows ${cards(raw)} cards, the page ${cards(page)}`);
}
