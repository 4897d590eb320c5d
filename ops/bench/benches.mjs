import { countStatements } from './statements.mjs';

/** Name → bench. `run(product, options)` resolves to `{ title, columns, rows, remarks, missed }`. */
export const benches = {
  statements: { needsProduct: true, run: countStatements },
};
