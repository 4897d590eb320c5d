import { abilityFor, as } from '../access/index.ts';
import { insertUser, normaliseEmail, updateUser } from '../identity/index.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import type { SavedCard } from '../payments/index.ts';
import { CustomerErased, CustomerExists } from './errors.ts';
import { getCustomer, type Customer } from './read-customers.ts';
import type { CustomerChange, CustomerCreate } from './schema.ts';

export interface CustomerDeps {
  /** Cards the payment service keeps for a person. */
  listCards(tenant: TenantRef, personId: string): Promise<SavedCard[]>;
  pathOf(sql: TenantSql, agencyId: string): Promise<string | null | undefined>;
}

/** Notes a customer for an agency. The person has no password: whoever owns the address chooses one by "forgotten password". */
export async function addCustomer(deps: CustomerDeps, ctx: RequestContext, input: CustomerCreate): Promise<Customer> {
  const { sql, actor } = ctx;
  const agencyId = input.agencyId === undefined ? actor.agencyId : input.agencyId;
  const agencyPath = agencyId ? await deps.pathOf(sql, agencyId) : '/';
  if (!agencyPath) throw NotFound({ what: 'This agency' });
  if (!abilityFor(actor).can('create', as('Customer', { agencyId, agencyPath })))
    throw Forbidden({ action: 'create', subject: 'Customer' });
  const id = newId();
  const email = normaliseEmail(input.email);
  const created = await insertUser(sql, {
    ...input,
    id,
    email,
    agencyId,
    role: 'customer',
    passwordHash: null,
    emailVerifiedAt: null,
  });
  if (!created) throw CustomerExists({ email });
  return getCustomer(sql, actor, id, 'read');
}

/** Corrects a customer's name or language (GDPR art. 16). The address is the person's own to change. */
export async function changeCustomer(ctx: RequestContext, id: string, change: CustomerChange): Promise<Customer> {
  const customer = await getCustomer(ctx.sql, ctx.actor, id, 'update');
  if (customer.erasedAt) throw CustomerErased();
  await updateUser(ctx.sql, id, {
    ...(change.givenName === undefined ? {} : { given_name: change.givenName }),
    ...(change.familyName === undefined ? {} : { family_name: change.familyName }),
    ...(change.locale === undefined ? {} : { locale: change.locale }),
  });
  return getCustomer(ctx.sql, ctx.actor, id, 'read');
}
