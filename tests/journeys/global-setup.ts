import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { startJourneyStack } from '../../ops/bootstrap/journey-stack.mjs';
import type { StackFacts } from './support/stack.ts';

/**
 * Starts one whole Portolan for all journeys. `PORTOLAN_JOURNEY_STACK=file` uses a running one instead, described by a JSON
 * file with `environment` and `dataFolder`: for writing journeys, where starting costs more than running.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env.PORTOLAN_JOURNEY_STACK;
  if (running) {
    project.provide('stack', JSON.parse(readFileSync(running, 'utf8')) as StackFacts);
    return async () => {};
  }
  const stack = await startJourneyStack();
  project.provide('stack', { environment: stack.environment, dataFolder: stack.dataFolder });
  return () => stack.stop();
}
