import { Cron } from 'croner';
import { q } from '../database/builder.ts';
import type { Database } from '../database/database.ts';
import type { Locks } from '../database/locks.ts';
import type { Logger } from '../logging/logger.ts';
import { must } from '../must.ts';

/** One entry of the timetable. `run` must be idempotent for one `scheduledFor`: a killed run is not repeated, the next one makes up. */
export interface BeatEntry {
  name: string;
  /** Cron pattern, UTC. */
  pattern: string;
  run(scheduledFor: Date): Promise<void>;
}

const LEADER_RETRY_MS = 5_000;

/**
 * The beat: one leader by advisory lock (freed when its process dies), any number of standbys. A tick is claimed in the database first,
 * so that even two leaders would run it once.
 */
export function createBeat(deps: { database: Database; locks: Locks; log: Logger; entries: readonly BeatEntry[] }) {
  const { database, locks, log, entries } = deps;
  let stopped = false;
  let release: (() => void) | undefined;
  let leading: Promise<unknown> = Promise.resolve();
  const jobs: Cron[] = [];

  async function tick(entry: BeatEntry, scheduledFor: Date): Promise<void> {
    const claimed = await database.platform.run(
      q('platform.job_runs')
        .insert({ name: entry.name, scheduled_for: scheduledFor })
        .onConflict(['name', 'scheduled_for'])
        .ignore(),
    );
    if (claimed === 0) return;
    const run = q('platform.job_runs').where({ name: entry.name, scheduled_for: scheduledFor });
    try {
      await entry.run(scheduledFor);
      await database.platform.run(run.clone().update({ finished_at: q.fn.now() }));
    } catch (error) {
      log.error({ err: error, job: entry.name }, 'scheduled job failed');
      await database.platform.run(
        run.clone().update({ finished_at: q.fn.now(), error: (error as Error).message.slice(0, 2000) }),
      );
    }
  }

  function lead(): Promise<void> {
    log.info('beat: leading');
    for (const entry of entries) {
      jobs.push(
        new Cron(
          entry.pattern,
          {
            timezone: 'UTC',
            protect: true,
            catch: (error) => log.error({ err: error, job: entry.name }, 'beat tick failed'),
          },
          (self) => tick(entry, self.currentRun() ?? new Date()),
        ),
      );
    }
    return new Promise((resolve) => {
      release = () => {
        for (const job of jobs.splice(0)) job.stop();
        resolve();
      };
    });
  }

  return {
    start() {
      leading = (async () => {
        while (!stopped) {
          const result = await locks.tryWith('portolan:beat', lead).catch((error: unknown) => {
            log.warn({ err: error }, 'beat: no database');
            return 'busy' as const;
          });
          if (!stopped && result === 'busy') await new Promise((resolve) => setTimeout(resolve, LEADER_RETRY_MS));
        }
      })();
    },
    async stop() {
      stopped = true;
      release?.();
      await Promise.race([leading, new Promise((resolve) => setTimeout(resolve, LEADER_RETRY_MS + 1000))]);
    },
    /** Runs an entry now, for tests and the CLI. */
    runNow: (name: string) =>
      tick(
        must(
          entries.find((entry) => entry.name === name),
          `the entry ${name} of the timetable`,
        ),
        new Date(),
      ),
  };
}
