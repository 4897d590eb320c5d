#!/usr/bin/env node
// All benches, one command: `npm run bench` (about five minutes on a quiet machine) or `npm run bench -- --quick`.
//   --quick          rounds of 1 s instead of 5 s
//   --force          keep rounds that neighbours disturbed, and mark them
//   --only a,b       some of: statements, cached-search, booking-list, results-page, token-endpoint, me, issuers-memory, cold-start,
//                    narrowing, books, pricing, wallet
//   --rounds N       rounds of each comparison (5)
//   --connections N  connections of the load (16)
//   --json FILE      writes the figures
//   --write          replaces the figures in docs/performance.md
// Ends with 1 when a target was missed, 2 when a comparison could not be made.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, watchCpu } from './machine.mjs';
import { createPrinter } from './printer.mjs';
import { projectDir, startProduct } from './product.mjs';
import { benches } from './benches.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const options = {
  seconds: values.quick ? 1 : 5,
  rounds: Number(values.rounds),
  connections: Number(values.connections),
  force: values.force,
};
const names = values.only ? values.only.split(',') : Object.keys(benches);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`✖ No such bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

const printer = createPrinter();
const results = {};
let product;
try {
  printer.title(`${new Date().toISOString().slice(0, 16)}Z · ${describeMachine()}`);
  if (names.some((name) => benches[name].needsProduct)) product = await startProduct(printer);
  for (const name of names) {
    const cpu = watchCpu([process.pid]);
    const result = await benches[name].run(product, { ...options, note: printer.note });
    const { foreign } = cpu.end();
    if (foreign > 0.1 && name !== 'statements')
      (result.remarks ??= []).push(
        `During this bench others used ${(foreign * 100).toFixed(0)} % of the machine: **times are no evidence**.`,
      );
    results[name] = result;
    printer.result(result);
  }
} catch (error) {
  console.error(`✖ ${error.stack ?? error}`);
  process.exitCode = 2;
} finally {
  await product?.stop();
}
if (values.json) {
  const document = { at: new Date().toISOString(), machine: describeMachine(), options, results };
  fs.writeFileSync(values.json, `${JSON.stringify(document, null, 2)}\n`);
}
if (values.write && process.exitCode === undefined) printer.writeInto(path.join(projectDir, 'docs/performance.md'));
const missed = Object.values(results).flatMap((result) => result.missed);
if (missed.length > 0) console.log(`\nMissed: ${missed.join('; ')}`);
process.exitCode ||= missed.length > 0 ? 1 : 0;
