import type { Database } from '../../kernel/database/database.ts';
import type { TenantRef } from '../../kernel/database/sql.ts';
import type { Consumer } from '../../kernel/outbox/consumers.ts';
import { isCustomerGone, type StripeCustomers } from '../stripe/customers.ts';
import type { CardHolder, CardOwner, KnownCustomer, SavedCard } from './owner.ts';
import { clearStripeId, dropRow, listRows, markForgotten, noteCreated, obtainRow } from './repository.ts';

interface Deps {
  database: Database;
  customers: StripeCustomers;
  /** Turns what Stripe's client throws into our problems. */
  overTheWire<T>(work: () => Promise<T>): Promise<T>;
}

const isKnown = (row: KnownCustomer): row is KnownCustomer & { stripeCustomerId: string } =>
  row.stripeCustomerId !== null;

/** Cards that Stripe keeps for people and agencies; nothing of them is stored here. */
export function createSavedCards({ database, customers, overTheWire }: Deps) {
  async function listKept(tenant: TenantRef, owner: CardOwner) {
    const rows = (await listRows(database.tenant(tenant), owner)).filter(isKnown).filter((row) => !row.isForgotten);
    const cards = await Promise.all(
      rows.map(async (row) =>
        (await overTheWire(() => customers.cards(row.stripeCustomerId, row))).map((card) => ({ ...card, row })),
      ),
    );
    return cards.flat();
  }

  /**
   * The owner's Stripe customer in an account, made where there is none. One only, whatever is killed or repeated.
   * @param stripeAccount connected account; null: the platform's own
   * @returns null for an owner that was forgotten
   * @throws PaymentProviderAway
   */
  async function customerOf(
    tenant: TenantRef,
    holder: CardHolder,
    stripeAccount: string | null,
  ): Promise<string | null> {
    const row = await database.withTenant(tenant, (sql) => obtainRow(sql, holder, stripeAccount));
    if (row.isForgotten) return null;
    if (row.stripeCustomerId !== null) return row.stripeCustomerId;
    const made = await overTheWire(
      async () => (row.isNew ? null : await customers.find(row)) ?? (await customers.create(row, tenant.id, holder)),
    );
    if (await database.withTenant(tenant, (sql) => noteCreated(sql, row.id, made))) return made;
    // Forgotten while Stripe made it.
    await overTheWire(() => customers.remove(made, row));
    return null;
  }

  return {
    customerOf,
    /**
     * Does something for the owner's customer in an account, or for nobody's (null) when there is no owner, or when Stripe has lost the
     * customer: who pays must not stand before a closed door for the card that was kept.
     */
    async withCustomer<T>(
      tenant: TenantRef,
      holder: CardHolder | undefined,
      stripeAccount: string | null,
      work: (customerId: string | null) => Promise<T>,
    ): Promise<T> {
      const id = holder ? await customerOf(tenant, holder, stripeAccount) : null;
      if (id === null) return work(null);
      try {
        return await work(id);
      } catch (error) {
        if (!isCustomerGone(error)) throw error;
        await database.withTenant(tenant, (sql) => dropRow(sql, id));
        return work(null);
      }
    },
    /** Cards kept for an owner in every account, newest first; one that was kept twice counts once. @throws PaymentProviderAway */
    async list(tenant: TenantRef, owner: CardOwner): Promise<SavedCard[]> {
      const seen = new Set<string>();
      return (await listKept(tenant, owner)).flatMap(({ fingerprint, row, ...card }) => {
        const key = `${row.id}/${fingerprint}/${card.expYear}/${card.expMonth}`;
        if (seen.has(key)) return [];
        seen.add(key);
        return [card];
      });
    },
    /** Takes a card from its owner; false when it is not one of the owner's. @throws PaymentProviderAway */
    async remove(tenant: TenantRef, owner: CardOwner, cardId: string): Promise<boolean> {
      const kept = await listKept(tenant, owner);
      const chosen = kept.find(({ id }) => id === cardId);
      if (!chosen) return false;
      // The same card saved twice would stay else.
      const same = kept.filter(
        ({ fingerprint, row }) => fingerprint === chosen.fingerprint && row.id === chosen.row.id,
      );
      for (const { id, row } of same) await overTheWire(() => customers.detach(id, row));
      return true;
    },
    /** Deletes the owner at Stripe in every account, with all cards. Idempotent. @throws PaymentProviderAway */
    async forget(tenant: TenantRef, owner: CardOwner): Promise<void> {
      await database.withTenant(tenant, (sql) => markForgotten(sql, owner));
      for (const row of await listRows(database.tenant(tenant), owner)) {
        // An answer may have been lost before its id was noted.
        const id = row.stripeCustomerId ?? (await overTheWire(() => customers.find(row)));
        if (id === null) continue;
        await overTheWire(() => customers.remove(id, row));
        await database.withTenant(tenant, (sql) => clearStripeId(sql, row.id));
      }
    },
  };
}

export type SavedCards = ReturnType<typeof createSavedCards>;

/** Who is erased here is erased at Stripe; the outbox tries until Stripe has done it. */
export const forgetErased = (savedCards: SavedCards): Consumer => ({
  name: 'payments.forget-customer',
  kinds: ['customer.erased@1'],
  handle: (event, tenant) => savedCards.forget(tenant, { kind: 'user', id: String(event.payload.customerId) }),
});
