import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { defineProblem } from '../../kernel/errors.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import { newId, newSecret } from '../../kernel/ids.ts';
import { findUserByEmail } from '../repository.ts';
import { isUsable, mayUseBrand, normaliseEmail } from '../user.ts';
import { insertImpersonation } from './repository.ts';

export const IMPERSONATION_PATH = '/auth/impersonate';
export const IMPERSONATION_MINUTES = { usual: 15, most: 30 } as const;
const LINK_MS = 5 * 60_000;

export const ImpersonationRefused = defineProblem({
  code: 'identity.impersonation_refused',
  status: 400,
  title: 'This is not how to act as somebody',
  detail: (x: { why: string }) => x.why,
});
export const NobodyToImpersonate = defineProblem({
  code: 'identity.nobody_to_impersonate',
  status: 404,
  title: 'Nobody can be acted as by this address',
  detail: (x: { email: string }) =>
    `${x.email} has no account in this tenant that could sign in itself: it is unknown, suspended or its agency is.`,
});

export interface ImpersonationRequest {
  email: string;
  operator: string;
  /** Why, 5 to 200 characters; the tenant reads it in its audit log. */
  reason: string;
  /** How long the session lasts once the link was used. */
  minutes: number;
}

/**
 * A link that opens, once and within five minutes, a session as one of a tenant's people.
 * @param brands of the tenant; the link is for the one of the person's own agency, else for the reseller's
 */
export async function issueImpersonationLink(
  { database, clock }: { database: Database; clock: Clock },
  tenant: Tenant,
  brands: readonly Pick<Brand, 'id' | 'agencyId' | 'origin'>[],
  request: ImpersonationRequest,
): Promise<{ url: string; userId: string; linkExpiresAt: Date }> {
  const { minutes } = request;
  const [operator, reason] = [request.operator.trim(), request.reason.trim()];
  if (reason.length < 5 || reason.length > 200)
    throw ImpersonationRefused({ why: 'Say why in --reason, in 5 to 200 characters: the tenant reads it.' });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > IMPERSONATION_MINUTES.most)
    throw ImpersonationRefused({ why: `--minutes is a whole number from 1 to ${IMPERSONATION_MINUTES.most}.` });
  if (operator.length < 1 || operator.length > 80)
    throw ImpersonationRefused({ why: '--operator is a name of 1 to 80 characters.' });
  const email = normaliseEmail(request.email);
  const user = await findUserByEmail(database.tenant(tenant), email);
  const brand =
    user &&
    (brands.find(({ agencyId }) => agencyId === user.agencyId) ?? brands.find(({ agencyId }) => agencyId === null));
  if (!user || !isUsable(user) || !brand || !mayUseBrand(user, brand)) throw NobodyToImpersonate({ email });
  const token = newSecret();
  const createdAt = clock.now();
  const linkExpiresAt = new Date(createdAt.getTime() + LINK_MS);
  const row = { id: newId(), userId: user.id, operator, reason, minutes, token, createdAt, linkExpiresAt };
  await insertImpersonation(database.platform, { tenant, brand }, row);
  return { url: `${brand.origin}${IMPERSONATION_PATH}?token=${token}`, userId: user.id, linkExpiresAt };
}
