import { afterAll, beforeEach } from 'vitest';
import { databaseCases } from './cases/database.ts';
import { sharedStoreCases } from './cases/shared-stores.ts';
import { createIsolationWorld } from './support/world.ts';

// One world for what lies behind the requests: PostgreSQL, its pool, Redis, the queue, the renderer, logs and metrics.
const world = await createIsolationWorld();
afterAll(() => world.close());
beforeEach(() => world.forgetRates());

databaseCases(world);
sharedStoreCases(world);
