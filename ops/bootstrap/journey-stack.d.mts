export type Role = 'api' | 'worker' | 'scheduler' | 'sandbox';

export interface JourneyStack {
  /** The environment given to every process: PORT, ADMIN_PORT, DATABASE_URL, DEMO_PASSWORD, SANDBOX_INBOX_PORT … */
  environment: Record<string, string>;
  dataFolder: string;
  /** The origin of a host, such as `http://aurora.localhost:21034`. */
  urlOf(host: string): string;
  inboxUrl: string;
  /** Ends one process (SIGKILL unless told otherwise); it is started again by itself. */
  kill(role: Role, signal?: NodeJS.Signals): boolean;
  waitUntilReady(role: Role): Promise<void>;
  pidOf(role: Role): number | undefined;
  /** Stops everything and removes the data. */
  stop(): Promise<void>;
}

/** Starts the whole of Portolan on free ports with data of its own. */
export function startJourneyStack(options?: { verbose?: boolean; quiet?: boolean }): Promise<JourneyStack>;
