import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerAdmin } from './admin.ts';
import type { ApiDeps } from './api.ts';
import { answerApi } from './api.ts';
import { expireDueSessions } from './checkout-sessions.ts';
import type { WebhookTarget } from './context.ts';
import type { Deliveries } from './deliveries.ts';
import { startDeliveries } from './deliveries.ts';
import { createFaults } from './faults.ts';
import { sendJson } from './http.ts';
import { answerPages } from './pages/index.ts';
import { openStore } from './store.ts';

export type { WebhookTarget } from './context.ts';

export interface StripeSandboxOptions {
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** Folder of the journal; made when missing. */
  dataDir: string;
  secretKey: string;
  publishableKey?: string;
  webhooks: WebhookTarget[];
  /** Origin the customer's browser reaches this server at; the listening address by default. */
  publicUrl?: string;
}

export interface StripeSandbox {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly url: string;
}

/**
 * A local Stripe: its REST API, hosted payment page, 3-D Secure page and signed webhooks, for the unmodified `stripe`
 * client. Amounts are minor units, instants Unix seconds (UTC). Needs no network and takes no money.
 */
export function createStripeSandbox(options: StripeSandboxOptions): StripeSandbox {
  let url = `http://${options.host}:${options.port}`;
  let running: { stop(): Promise<void> } | null = null;

  async function start(): Promise<void> {
    if (running) return;
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    url = `http://${options.host}:${(server.address() as AddressInfo).port}`;
    const store = openStore(join(options.dataDir, 'stripe.journal'));
    const faults = createFaults();
    const deliveries: Deliveries = startDeliveries({ store, faults, targets: options.webhooks });
    const deps: ApiDeps = {
      store,
      faults,
      targets: options.webhooks,
      publicUrl: (options.publicUrl ?? url).replace(/\/$/, ''),
      secretKey: options.secretKey,
      publishableKey: options.publishableKey,
      onChange: () => deliveries.wake(),
    };
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const target = new URL(request.url ?? '/', 'http://sandbox');
      if (target.pathname.startsWith('/v1/')) return answerApi(deps, request, response, target);
      if (target.pathname.startsWith('/__sandbox/'))
        return answerAdmin(
          { store, faults, deliveries, targets: deps.targets, publicUrl: deps.publicUrl },
          request,
          response,
          target,
        );
      return answerPages(deps, request, response, target);
    };
    server.on('request', (request, response) => {
      answer(request, response).catch((error: unknown) => {
        console.error('Stripe sandbox: a request failed', error);
        if (!response.headersSent)
          sendJson(response, 500, {
            error: { type: 'api_error', message: 'The sandbox failed unexpectedly: see its log.' },
          });
      });
    });
    const clock = setInterval(() => {
      store.transact(() =>
        expireDueSessions({
          store,
          publicUrl: deps.publicUrl,
          targets: deps.targets,
          account: null,
          requestId: null,
          idempotencyKey: null,
        }),
      );
      deliveries.wake();
    }, 5_000);
    clock.unref();
    running = {
      async stop() {
        clearInterval(clock);
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await deliveries.stop();
        store.close();
      },
    };
  }

  return {
    start,
    async stop() {
      const current = running;
      running = null;
      await current?.stop();
    },
    get url() {
      return url;
    },
  };
}
