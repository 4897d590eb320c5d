import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

extendZodWithOpenApi(z);

/** Amount in minor units of an ISO 4217 currency. */
export const MoneyView = z.object({ amount: z.number().int(), currency: z.string().length(3) }).openapi('Money');
export type MoneyView = z.infer<typeof MoneyView>;

/** Instant, UTC, ISO 8601. */
export const Instant = z.iso.datetime();
/** Calendar day without a zone. */
export const Day = z.iso.date();
/** Wall-clock time at a place, no offset: the zone stands beside it. */
export const LocalTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/);
export const Uuid = z.uuid();

/** A cursor page: `next` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), next: z.string().nullable() });

/** Query of a cursor-paged list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(300).optional(),
});

/** Path parameter `:id`. */
export const IdParams = z.object({ id: z.uuid() });
