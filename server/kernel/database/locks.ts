import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Database } from './database.ts';

/**
 * Named locks held by this process's own database session: PostgreSQL frees them the moment the process dies, so work of a killed
 * worker can go on at once, and no clock decides who is alive. Names must carry the tenant (advisory locks are database-wide).
 */
export function createLocks(database: Pick<Database, 'lockSession'>) {
  const held = new Set<string>();
  let session: Promise<PoolClient> | undefined;

  const open = (): Promise<PoolClient> => {
    session ??= database.lockSession().then((client) => {
      client.on('error', () => {
        session = undefined;
        client.release(true);
      });
      return client;
    });
    session.catch(() => {
      session = undefined;
    });
    return session;
  };

  return {
    /** Runs `work` if the lock is free, else returns `busy` at once. */
    async tryWith<T>(name: string, work: () => Promise<T>): Promise<T | 'busy'> {
      // Advisory locks are re-entrant within a session: two jobs of this process must not both get in.
      if (held.has(name)) return 'busy';
      held.add(name);
      try {
        const client = await open();
        const key = createHash('sha256').update(name).digest().readBigInt64BE(0).toString();
        const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1::bigint) as locked', [
          key,
        ]);
        if (!rows[0]?.locked) return 'busy';
        try {
          return await work();
        } finally {
          await client.query('select pg_advisory_unlock($1::bigint)', [key]).catch(() => undefined);
        }
      } finally {
        held.delete(name);
      }
    },
    async close(): Promise<void> {
      const client = await session?.catch(() => undefined);
      client?.release(true);
      session = undefined;
    },
  };
}

export type Locks = ReturnType<typeof createLocks>;
