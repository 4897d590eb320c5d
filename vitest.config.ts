import { existsSync } from 'node:fs';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { listTests, separateByServices } from './tests/support/test-files.ts';

// Pure tests need no store and run in `npm run check`; the others get a PostgreSQL and a Redis of their own (global-setup.ts).
const wholeSystem = listTests('tests').filter((file) => !file.startsWith('tests/journeys/'));
const { pure, withServices } = separateByServices([...['server', 'db', 'ops'].flatMap(listTests), ...wholeSystem]);
const portals = ['tenant-portal', 'admin-console'].filter((portal) => existsSync(portal));

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
    projects: [
      ...(pure.length > 0
        ? [
            {
              extends: true,
              // They keep nothing between them, so that a file need not load what the one before it has loaded.
              test: { name: 'pure', environment: 'node', include: pure, testTimeout: 20_000, isolate: false },
            } as const,
          ]
        : []),
      ...(withServices.length > 0
        ? [
            {
              extends: true,
              test: {
                name: 'services',
                globalSetup: 'tests/support/global-setup.ts',
                environment: 'node',
                include: withServices,
                testTimeout: 60_000,
                hookTimeout: 120_000,
                // As above: each world they make is a tenant, or a platform, of its own. Half of the imports' time is saved.
                isolate: false,
              },
            } as const,
          ]
        : []),
      ...portals.map((portal) => ({
        extends: true as const,
        plugins: [vue()],
        // The first render of a file compiles every page it shows.
        test: { name: portal, environment: 'happy-dom', include: [`${portal}/**/*.test.ts`], testTimeout: 20_000 },
      })),
    ],
  },
});
