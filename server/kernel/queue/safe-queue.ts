import Queue from 'bee-queue';
import { Redis as IORedis } from 'ioredis';

/** bee-queue recognises a Redis client by its class name; stock ioredis reports another and would be passed over for localhost:6379. */
class Redis extends IORedis {}

interface BeeInternals {
  client: { evalsha(...args: unknown[]): unknown };
  _evalScript(name: string, ...args: unknown[]): Promise<unknown>;
}
interface LuaCache {
  buildCache(client: unknown): Promise<unknown>;
}

/**
 * A bee-queue on ioredis that survives a Redis restart: bee-queue loads its scripts once and never again, so after a restart every
 * call answers NOSCRIPT; here the scripts are loaded again and the call repeated.
 */
export function createSafeQueue<T>(
  name: string,
  redisUrl: string,
  options: { worker: boolean; concurrencyHint?: number },
): Queue<T> {
  const connect = () => {
    const client = new Redis(redisUrl, {
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(times * 100, 2000),
    });
    client.on('error', () => undefined);
    return client;
  };
  const queue = new Queue<T>(name, {
    redis: connect() as never,
    prefix: '{bq}',
    isWorker: options.worker,
    getEvents: false,
    sendEvents: false,
    storeJobs: false,
    removeOnSuccess: true,
    removeOnFailure: true,
    activateDelayedJobs: false,
    stallInterval: 15_000,
  });
  const internals = queue as unknown as BeeInternals;
  const evalScript = internals._evalScript.bind(queue);
  internals._evalScript = async (script, ...args) => {
    try {
      return await evalScript(script, ...args);
    } catch (error) {
      if (!String((error as Error).message).includes('NOSCRIPT')) throw error;
      await reloadScripts(internals.client);
      return evalScript(script, ...args);
    }
  };
  queue.on('error', () => undefined);
  return queue;
}

async function reloadScripts(client: unknown): Promise<void> {
  // @ts-expect-error bee-queue publishes no types for its script cache
  const lua = (await import('bee-queue/lib/lua/index.js')) as { default: LuaCache };
  await lua.default.buildCache(client);
}
