import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import type { CardOwner, KnownCustomer } from './owner.ts';

interface Row {
  id: string;
  owner_kind: CardOwner['kind'];
  owner_id: string;
  stripe_account: string | null;
  stripe_customer_id: string | null;
  forgotten_at: Date | null;
}

const toCustomer = (row: Row): KnownCustomer => ({
  id: row.id,
  owner: { kind: row.owner_kind, id: row.owner_id },
  stripeAccount: row.stripe_account,
  stripeCustomerId: row.stripe_customer_id,
  isForgotten: row.forgotten_at !== null,
});

const ofOwner = (owner: CardOwner) => q('stripe_customers').where({ owner_kind: owner.kind, owner_id: owner.id });

/** Finds or adds the owner's row in an account; `isNew` when this call added it. */
export async function obtainRow(
  sql: TenantSql,
  owner: CardOwner,
  stripeAccount: string | null,
): Promise<KnownCustomer & { isNew: boolean }> {
  const added = await sql.run(
    q('stripe_customers')
      .insert({ id: newId(), owner_kind: owner.kind, owner_id: owner.id, stripe_account: stripeAccount })
      .onConflict()
      .ignore(),
  );
  const row = await sql.one<Row>(ofOwner(owner).whereRaw(`coalesce(stripe_account, '') = ?`, [stripeAccount ?? '']));
  if (!row) throw new Error(`The row of ${owner.kind} ${owner.id} at Stripe is gone`);
  return { ...toCustomer(row), isNew: added === 1 };
}

/** Those of an owner in every account, forgotten ones too. */
export const listRows = async (sql: TenantSql, owner: CardOwner): Promise<KnownCustomer[]> =>
  (await sql.all<Row>(ofOwner(owner).orderBy(['created_at', 'id']))).map(toCustomer);

/** Notes Stripe's id; false when the owner was forgotten meanwhile. */
export const noteCreated = async (sql: TenantSql, id: string, stripeCustomerId: string): Promise<boolean> =>
  (await sql.run(
    q('stripe_customers').where({ id }).whereNull('forgotten_at').update({ stripe_customer_id: stripeCustomerId }),
  )) === 1;

/** Says before Stripe is asked that the owner is not to be known any more. */
export const markForgotten = (sql: TenantSql, owner: CardOwner): Promise<number> =>
  sql.run(ofOwner(owner).whereNull('forgotten_at').update({ forgotten_at: q.fn.now() }));

/** Stripe has deleted it: nothing here leads there any more. */
export const clearStripeId = (sql: TenantSql, id: string): Promise<number> =>
  sql.run(q('stripe_customers').where({ id }).update({ stripe_customer_id: null }));

/** Drops a row whose customer Stripe lost, so that the next payment makes a new one. */
export const dropRow = (sql: TenantSql, stripeCustomerId: string): Promise<number> =>
  sql.run(q('stripe_customers').where({ stripe_customer_id: stripeCustomerId }).delete());
