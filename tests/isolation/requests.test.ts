import { afterAll, beforeEach } from 'vitest';
import { contentCases } from './cases/content.ts';
import { hostCases } from './cases/hosts.ts';
import { objectCases } from './cases/objects.ts';
import { tokenCases } from './cases/tokens.ts';
import { createIsolationWorld } from './support/world.ts';

// One world for all of what comes in over HTTP; opened while the file is read, as the cases are made from its contract.
const world = await createIsolationWorld();
afterAll(() => world.close());
beforeEach(() => world.forgetRates());

hostCases(world);
tokenCases(world);
objectCases(world);
contentCases(world);
