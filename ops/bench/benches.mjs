import { benchBooks } from './books.mjs';
import { benchBookingList } from './booking-list.mjs';
import { benchCachedSearch } from './cached-search.mjs';
import { benchColdStart } from './cold-start.mjs';
import { benchIssuersMemory } from './issuers-memory.mjs';
import { benchMe } from './me.mjs';
import { benchNarrowing } from './narrowing.mjs';
import { benchPricing } from './pricing.mjs';
import { benchResultsPage } from './results-page.mjs';
import { benchSignIn } from './sign-in.mjs';
import { countStatements } from './statements.mjs';
import { benchTokenEndpoint } from './token-endpoint.mjs';
import { benchWallet } from './wallet.mjs';

/** Name → bench, the counts first. `run(product, options)` resolves to `{ title, columns, rows, remarks, missed }`. */
export const benches = {
  statements: { needsProduct: true, run: countStatements },
  'cached-search': { needsProduct: true, run: benchCachedSearch },
  'booking-list': { needsProduct: true, run: benchBookingList },
  'results-page': { needsProduct: true, run: benchResultsPage },
  'token-endpoint': { needsProduct: true, run: benchTokenEndpoint },
  me: { needsProduct: true, run: benchMe },
  'sign-in': { needsProduct: true, run: benchSignIn },
  'issuers-memory': { needsProduct: true, run: benchIssuersMemory },
  'cold-start': { needsProduct: true, run: benchColdStart },
  narrowing: { needsProduct: false, run: benchNarrowing },
  books: { needsProduct: false, run: benchBooks },
  pricing: { needsProduct: false, run: benchPricing },
  wallet: { needsProduct: false, run: benchWallet },
};
