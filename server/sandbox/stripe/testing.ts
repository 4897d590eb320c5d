import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { expect } from 'vitest';
import { createStripeSandbox } from './index.ts';
import { findShapeFaults } from './shapes/testing.ts';
import type { StripeSandbox } from './index.ts';

export const SECRET_KEY = 'sk_test_sandbox_for_tests';
export const WEBHOOK_SECRET = 'whsec_sandbox_for_tests';

export interface Received {
  event: Stripe.Event;
  host: string | undefined;
}
export interface Receiver {
  url: string;
  received: Received[];
  /** What of the events does not have Stripe's published shape. */
  shapeFaults: Set<string>;
  answers: number[];
  types(): string[];
  stop(): Promise<void>;
}

/** Listens for webhooks and checks every signature with the real client; `answers` holds statuses to give first. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const shapeFaults = new Set<string>();
  const answers: number[] = [];
  const stripe = new Stripe(SECRET_KEY);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      if (status === 200) {
        const event = stripe.webhooks.constructEvent(
          Buffer.concat(parts),
          request.headers['stripe-signature'] ?? '',
          WEBHOOK_SECRET,
        );
        received.push({ event, host: request.headers.host });
        for (const fault of findShapeFaults(event)) shapeFaults.add(fault);
      }
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://hooks.localhost:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    received,
    shapeFaults,
    answers,
    types: () => received.map((item) => item.event.type),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface StripeWorld {
  sandbox: StripeSandbox;
  stripe: Stripe;
  receiver: Receiver;
  dataDir: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The real client; what it is answered is compared with Stripe's published shapes. */
function clientFor(url: string, shapeFaults: Set<string>): Stripe {
  const { hostname, port } = new URL(url);
  const wire = Stripe.createNodeHttpClient();
  const httpClient: Stripe.HttpClient = {
    getClientName: () => wire.getClientName(),
    async makeRequest(...asked: Parameters<Stripe.HttpClient['makeRequest']>) {
      const answer = await wire.makeRequest(...asked);
      const read = answer.toJSON.bind(answer);
      answer.toJSON = async () => {
        const body: unknown = await read();
        for (const fault of findShapeFaults(body)) shapeFaults.add(fault);
        return body;
      };
      return answer;
    },
  };
  return new Stripe(SECRET_KEY, {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    httpClient,
  });
}

/** A sandbox on free ports, the real client pointed at it, and a receiver for its webhooks. */
export async function buildStripeWorld(): Promise<StripeWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stripe-sandbox-'));
  const receiver = await startReceiver();
  const create = (): StripeSandbox =>
    createStripeSandbox({
      port: 0,
      host: '127.0.0.1',
      dataDir,
      secretKey: SECRET_KEY,
      publishableKey: 'pk_test_sandbox',
      webhooks: [{ url: receiver.url, secret: WEBHOOK_SECRET }],
    });
  const sandbox = create();
  await sandbox.start();
  const world: StripeWorld = {
    sandbox,
    stripe: clientFor(sandbox.url, receiver.shapeFaults),
    receiver,
    dataDir,
    async restart() {
      await world.sandbox.stop();
      world.sandbox = create();
      await world.sandbox.start();
      world.stripe = clientFor(world.sandbox.url, receiver.shapeFaults);
    },
    async stop() {
      await world.sandbox.stop();
      await receiver.stop();
      await rm(dataDir, { recursive: true, force: true });
      expect([...receiver.shapeFaults], 'answers that do not have the shape Stripe publishes').toEqual([]);
    },
  };
  return world;
}

/** Posts a page's form as a browser without scripts would, and does not follow the redirect. */
export function postForm(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
}
