import type { FaultRegistry } from './faults.ts';
import type { Store } from './store.ts';

/** What every resource of the sandbox works with. */
export interface SandboxContext {
  seed: string;
  now(): Date;
  store: Store;
  faults: FaultRegistry;
  offerLifetimeMinutes: number;
  /** Where the sandbox can be reached, without trailing slash; photos are addressed from it. */
  url(): string;
}
