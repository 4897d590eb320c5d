import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { PaymentLink } from './payment-link.ts';

interface LinkRow {
  id: string;
  booking_id: string;
  expires_at: Date;
  created_at: Date;
  opened_at: Date | null;
  revoked_at: Date | null;
}

const toLink = (row: LinkRow): PaymentLink => ({
  id: row.id,
  bookingId: row.booking_id,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
  openedAt: row.opened_at,
  revokedAt: row.revoked_at,
});

/** @param link `createdById` null when a program made it */
export async function insertPaymentLink(
  sql: TenantSql,
  link: { id: string; bookingId: string; tokenHash: string; expiresAt: Date; createdById: string | null },
): Promise<void> {
  await sql.run(
    q('payment_links').insert({
      id: link.id,
      booking_id: link.bookingId,
      token_hash: link.tokenHash,
      expires_at: link.expiresAt,
      created_by_id: link.createdById,
    }),
  );
}

/** The newest link of a booking, withdrawn or not. */
export async function findLatestLink(sql: TenantSql, bookingId: string): Promise<PaymentLink | undefined> {
  const newest = q('payment_links')
    .where({ booking_id: bookingId })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(1);
  const row = await sql.one<LinkRow>(newest);
  return row && toLink(row);
}

export async function findLink(sql: TenantSql, id: string): Promise<PaymentLink | undefined> {
  const row = await sql.one<LinkRow>(q('payment_links').where({ id }));
  return row && toLink(row);
}

export async function findLinkByTokenHash(sql: TenantSql, tokenHash: string): Promise<PaymentLink | undefined> {
  const row = await sql.one<LinkRow>(q('payment_links').where({ token_hash: tokenHash }));
  return row && toLink(row);
}

/** Withdraws what is open of a booking; the number of links that were. */
export const revokeLinks = (sql: TenantSql, bookingId: string, at: Date): Promise<number> =>
  sql.run(q('payment_links').where({ booking_id: bookingId }).whereNull('revoked_at').update({ revoked_at: at }));

/** Notes that the client has seen the page; the first time counts. */
export const noteOpened = (sql: TenantSql, id: string, at: Date): Promise<number> =>
  sql.run(q('payment_links').where({ id }).whereNull('opened_at').update({ opened_at: at }));
