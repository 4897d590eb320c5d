import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../kernel/ids.ts';
import { createRedis } from '../kernel/redis.ts';
import { createDuffelSandbox } from '../sandbox/duffel/index.ts';
import { testConfig } from '../testing/index.ts';
import { createDuffelSuppliers } from './duffel/index.ts';
import type { FlightCriteria, FlightOffer, TravellerDetails } from './index.ts';

/** The Duffel adapter against the sandbox over the wire, with an account of its own. */
export async function createSupplierWorld(timeouts: { searchMs?: number; orderMs?: number; readMs?: number } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'duffel-'));
  const sandbox = createDuffelSandbox({ port: 0, dataDir });
  await sandbox.start();
  const redis = createRedis(testConfig().REDIS_URL, { name: 'test' });
  const suppliers = createDuffelSuppliers({ token: `duffel_test_${newId()}`, basePath: sandbox.url, redis, timeouts });
  return {
    ...suppliers,
    sandbox,
    redis,
    async admin(
      method: string,
      path: string,
      body?: object,
    ): Promise<{ count?: number; operations?: Record<string, number> }> {
      const response = await fetch(`${sandbox.url}__sandbox/${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (await response.json()) as { count?: number; operations?: Record<string, number> };
    },
    /** The cheapest offer of a one-way search. */
    async findOffer(
      origin: string,
      destination: string,
      passengers: FlightCriteria['passengers'] = [{ type: 'adult' }],
      days = 40,
    ): Promise<FlightOffer> {
      const { offers } = await suppliers.flights.search({
        slices: [{ origin, destination, departureDate: dayFromNow(days) }],
        passengers,
        cabin: 'economy',
      });
      const [offer] = offers;
      if (!offer) throw new Error(`The sandbox has no flight ${origin}-${destination}`);
      return offer;
    },
    async close() {
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
      redis.disconnect();
    },
  };
}

export const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A traveller whose birth date fits a place of an offer. */
export function aTraveller(over: Partial<TravellerDetails> = {}): TravellerDetails {
  return {
    type: 'adult',
    title: 'mrs',
    gender: 'f',
    givenName: 'María José',
    familyName: 'Núñez-Müller',
    bornOn: '1988-04-02',
    document: { type: 'passport', number: 'paa 123456', issuingCountry: 'es', expiresOn: '2035-05-01' },
    ...over,
  };
}

export const aContact = { email: 'maria@example.test', phone: '+34600000001' };
