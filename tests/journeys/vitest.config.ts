import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The journeys follow one story: the reseller made in the first is onboarded in the second and sells in the others. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: ['tests/journeys/*.test.ts'],
    globalSetup: ['tests/journeys/global-setup.ts'],
    sequence: { sequencer: InOrder },
    pool: 'forks',
    fileParallelism: false,
    // What comes later builds on what came before: the first failure is the one to look at.
    bail: process.env.CI ? 0 : 1,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
