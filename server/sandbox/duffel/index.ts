import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SandboxContext } from './context.ts';
import { createFaultRegistry } from './faults.ts';
import { createSandboxServer } from './server.ts';
import { openStore } from './store.ts';

export interface DuffelSandboxOptions {
  /** 0 picks a free port. */
  port: number;
  host?: string;
  /** Where orders and bookings are kept; survives restarts and kills. */
  dataDir: string;
  /** Same seed, same world: timetable, prices, hotels. */
  seed?: string;
  /** The only bearer token accepted; without it any token that is not a live one. */
  token?: string;
  /** The sandbox's notion of now, for tests of expiry. */
  clock?: () => Date;
  offerLifetimeMinutes?: number;
  requestsPerMinute?: number;
  /** Where browsers reach the photos, when that is not the address listened on. */
  publicUrl?: string;
}

export interface DuffelSandbox {
  start(): Promise<void>;
  /** Stops listening and drops open connections, hanging ones too. */
  stop(): Promise<void>;
  /** Base address ending in a slash, as the client's `basePath` wants it. Known once started. */
  readonly url: string;
}

/**
 * A travel supplier speaking Duffel's wire protocol (v2) over plain HTTP, for development, tests and demonstrations.
 * Deterministic for a seed and date; see CONTEXT.md for its world, test routes and faults.
 */
export function createDuffelSandbox(options: DuffelSandboxOptions): DuffelSandbox {
  const host = options.host ?? '127.0.0.1';
  const clock = options.clock ?? (() => new Date());
  let address = '';
  let running: { stop(): Promise<void> } | undefined;

  async function start(): Promise<void> {
    if (running) return;
    const store = openStore(options.dataDir, clock());
    const ctx: SandboxContext = {
      seed: options.seed ?? 'portolan',
      now: clock,
      store,
      faults: createFaultRegistry(),
      offerLifetimeMinutes: options.offerLifetimeMinutes ?? 30,
      url: () => (options.publicUrl ?? address).replace(/\/$/, ''),
    };
    const server = createSandboxServer(ctx, {
      token: options.token,
      requestsPerMinute: options.requestsPerMinute ?? 3000,
    });
    server.listen(options.port, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    address = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
    running = {
      async stop() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
        store.close();
      },
    };
  }

  async function stop(): Promise<void> {
    const current = running;
    running = undefined;
    await current?.stop();
  }

  return {
    start,
    stop,
    get url() {
      return address;
    },
  };
}
