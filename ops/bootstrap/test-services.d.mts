export interface TestServices {
  databaseUrl: string;
  redisUrl: string;
  /** Drops the run's database and stops what was started. */
  stop(): Promise<void>;
}
export function startTestServices(): Promise<TestServices>;
