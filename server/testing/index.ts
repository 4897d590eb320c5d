export { createTestWorld, type TestWorld } from './test-tenant.ts';
export { testConfig } from './test-config.ts';
export { outwardOf } from './outward.ts';
