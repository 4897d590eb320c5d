import { expect, it } from 'vitest';
import { runFuzz } from './run-fuzz.ts';

// The long run is `npm run test:fuzz`; SEED and RUNS repeat one of its runs here.
const runs = Number(process.env.RUNS ?? 2000);
const seed = Number(process.env.SEED ?? 20_261_124);

it(
  `${runs.toLocaleString('en')} random requests: no fault of ours, an answer in time, nothing of another tenant`,
  async () => {
    const report = await runFuzz({ runs, seed });
    console.log(
      `seed ${seed}: ${report.requests} requests, slowest ${Math.round(report.slowestMs)} ms`,
      report.byStatus,
    );
    expect(report.failure).toBe('');
    expect(Object.keys(report.byStatus).length).toBeGreaterThan(6);
  },
  Math.max(300_000, runs * 100),
);
