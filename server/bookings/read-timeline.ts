import type { TenantSql } from '../kernel/database/sql.ts';
import { listTimeline } from './repository.ts';
import { findSagaOfBooking, listSteps } from './saga-repository.ts';

/** What happened to a booking, and where the newest of its sagas stands; null when it has none. */
export async function readTimeline(sql: TenantSql, bookingId: string) {
  const [events, saga] = await Promise.all([listTimeline(sql, bookingId), findSagaOfBooking(sql, bookingId)]);
  return { events, saga: saga ? { ...saga, steps: await listSteps(sql, saga.id) } : null };
}
