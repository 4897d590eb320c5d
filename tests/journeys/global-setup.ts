import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { startDnsDouble } from '../../server/testing/dns-double.ts';
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
  // Where a journey answers for the DNS of a company, when it comes to that.
  const dns = await startDnsDouble();
  const { address } = dns;
  await dns.close();
  process.env.DNS_SERVERS = address;
  const stack = await startJourneyStack();
  const environment = { ...stack.environment, DNS_SERVERS: address };
  project.provide('stack', { environment, dataFolder: stack.dataFolder });
  return () => stack.stop();
}
