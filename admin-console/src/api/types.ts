/** Amount in minor units of an ISO 4217 currency. */
export type Money = { amount: number; currency: string };

/** A cursor page: `next` is null on the last one. */
export type Page<T> = { data: T[]; next: string | null };

/** Query of a cursor-paged list. */
export type PageQuery = { limit?: number; cursor?: string };

export type Named = { id: string; name: string };
