import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duffel } from '@duffel/api';
import { createDuffelSandbox } from './index.ts';
import type { DuffelSandbox, DuffelSandboxOptions } from './index.ts';
import type { CreateOrderPassenger, Offer, OfferRequest } from './wire.ts';

export interface TestSandbox {
  sandbox: DuffelSandbox;
  client: Duffel;
  dataDir: string;
  admin(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>>;
}

/** A sandbox on a free port with its own data directory, and the unmodified client talking to it. */
export async function startTestSandbox(options: Partial<DuffelSandboxOptions> = {}): Promise<TestSandbox> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'duffel-sandbox-'));
  const sandbox = createDuffelSandbox({ port: 0, ...options, dataDir });
  await sandbox.start();
  const client = new Duffel({ token: options.token ?? 'duffel_test_sandbox', basePath: sandbox.url });
  return {
    sandbox,
    client,
    dataDir,
    async admin(method, path, body) {
      const response = await fetch(`${sandbox.url}__sandbox/${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

export type SearchLeg = readonly [from: string, to: string, date: string];

export async function searchFlights(
  client: Duffel,
  legs: readonly SearchLeg[],
  passengers: readonly ({ type: 'adult' } | { age: number })[] = [{ type: 'adult' }],
  cabin: 'economy' | 'business' = 'economy',
): Promise<OfferRequest> {
  const { data } = await client.offerRequests.create({
    slices: legs.map(([origin, destination, date]) => ({
      origin,
      destination,
      departure_date: date,
      departure_time: null,
      arrival_time: null,
    })),
    passengers: [...passengers],
    cabin_class: cabin,
    return_offers: true,
  });
  return data;
}

/** Passenger details that fit an adult of the offer. */
export function adultDetails(id: string, over: Partial<CreateOrderPassenger> = {}): CreateOrderPassenger {
  return {
    id,
    title: 'mrs',
    gender: 'f',
    given_name: 'Maria',
    family_name: 'Garcia Lopez',
    born_on: '1988-04-02',
    email: 'maria@example.test',
    phone_number: '+34600000001',
    infant_passenger_id: null,
    identity_documents: [],
    ...over,
  };
}

export const passport = {
  type: 'passport' as const,
  unique_identifier: 'PAA123456',
  issuing_country_code: 'ES',
  expires_on: '2035-05-01',
};

/** Creates an instant order for an offer with one adult, paid exactly. */
export const orderBody = (
  offer: Pick<Offer, 'id' | 'total_amount' | 'total_currency' | 'passengers' | 'passenger_identity_documents_required'>,
  metadata: Record<string, string> = {},
) => ({
  type: 'instant' as const,
  selected_offers: [offer.id],
  payments: [{ type: 'balance' as const, amount: offer.total_amount, currency: offer.total_currency }],
  passengers: offer.passengers.map((passenger) =>
    adultDetails(passenger.id, offer.passenger_identity_documents_required ? { identity_documents: [passport] } : {}),
  ),
  metadata,
});

export interface Refusal {
  status: number;
  code: string | undefined;
  type: string | undefined;
  message: string | undefined;
  field: string | undefined;
  remaining: string | null | undefined;
}

/** What a call was refused with; fails when it succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const failure = error as {
      status: number;
      errors?: { code: string; type: string; message: string; source?: { pointer: string } }[];
      headers?: { get(name: string): string | null };
    };
    const [first] = failure.errors ?? [];
    return {
      status: failure.status,
      code: first?.code,
      type: first?.type,
      message: first?.message,
      field: first?.source?.pointer,
      remaining: failure.headers?.get('ratelimit-remaining'),
    };
  }
  throw new Error('The call was expected to be refused, but it succeeded.');
}
