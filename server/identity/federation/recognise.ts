import { newId } from '../../kernel/ids.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { findUserByEmail, findUserById, insertUser, updateUser, type UserRow } from '../repository.ts';
import { isUsable, mayUseBrand } from '../user.ts';
import {
  companyFault,
  defaultPlacement,
  placementOf,
  vouchedEmail,
  type FederationFault,
  type IdentityProvider,
  type UpstreamClaims,
} from './provider.ts';
import { findLinkedUserId, hasLink, linkIdentity, noteSignIn } from './repository.ts';

export type Recognised =
  | { ok: true; userId: string; email: string; made: boolean }
  /** The address has an account: whoever knows its password may tie it to this identity. */
  | { ok: false; fault: 'link'; email: string }
  | { ok: false; fault: FederationFault; userId?: string };

/** What changed for a person at this sign-in: its earlier sessions must end. */
export type OnRightsChanged = (userId: string) => void;

/**
 * Who a person of an employer's provider is here: by provider and subject alone, as an address can be given to somebody else. Role and
 * agency follow the groups at every sign-in. Runs in a transaction.
 */
export async function recognise(
  sql: TenantSql,
  scope: { provider: IdentityProvider; brand: { agencyId: string | null }; locale: string; now: Date },
  claims: UpstreamClaims,
  onRightsChanged: OnRightsChanged,
): Promise<Recognised> {
  const { provider, brand } = scope;
  const stranger = companyFault(provider, claims);
  if (stranger) return { ok: false, fault: stranger };
  const linked = await findLinkedUserId(sql, provider.id, claims.sub);
  const user = linked ? await findUserById(sql, linked) : undefined;
  return user ? recogniseUser(sql, scope, claims, user, onRightsChanged) : welcome(sql, scope, claims, brand);
}

async function recogniseUser(
  sql: TenantSql,
  { provider, brand }: { provider: IdentityProvider; brand: { agencyId: string | null } },
  claims: UpstreamClaims,
  user: UserRow,
  onRightsChanged: OnRightsChanged,
): Promise<Recognised> {
  if (!isUsable(user)) return { ok: false, fault: 'account_suspended', userId: user.id };
  const placed = placementOf(provider, claims);
  const isEmergency = provider.emergencyUserId === user.id;
  if (!placed.ok) {
    // Out of every group: what is still open under the old rights ends with the refusal.
    if (!isEmergency && placed.fault === 'no_group') onRightsChanged(user.id);
    if (!isEmergency) return { ok: false, fault: placed.fault, userId: user.id };
  }
  const place = placed.ok && placed.place !== 'keep' && !isEmergency ? placed.place : user;
  const isMoved = place.role !== user.role || place.agencyId !== user.agencyId;
  if (isMoved || place.permissionSetId !== user.permissionSetId) {
    await updateUser(sql, user.id, {
      role: place.role,
      agency_id: place.agencyId,
      permission_set_id: place.permissionSetId,
    });
    onRightsChanged(user.id);
  }
  if (!mayUseBrand(place, brand)) return { ok: false, fault: 'other_brand', userId: user.id };
  await noteSignIn(sql, provider.id, claims.sub);
  return { ok: true, userId: user.id, email: user.email, made: false };
}

/** Somebody who was never here by this way: gets an account, ties one, or is turned away. */
async function welcome(
  sql: TenantSql,
  { provider, locale, now }: { provider: IdentityProvider; locale: string; now: Date },
  claims: UpstreamClaims,
  brand: { agencyId: string | null },
): Promise<Recognised> {
  const email = vouchedEmail(provider, claims);
  if (!email) return { ok: false, fault: 'no_account' };
  const holder = await findUserByEmail(sql, email);
  if (holder)
    return (await hasLink(sql, provider.id, holder.id))
      ? { ok: false, fault: 'other_account', userId: holder.id }
      : { ok: false, fault: 'link', email };
  const placed = placementOf(provider, claims);
  if (!placed.ok) return placed;
  const place = placed.place === 'keep' ? defaultPlacement(provider) : placed.place;
  if (!provider.provisioning || !place) return { ok: false, fault: 'no_account' };
  if (!mayUseBrand(place, brand)) return { ok: false, fault: 'other_brand' };
  const id = newId();
  const made = await insertUser(sql, {
    id,
    email,
    passwordHash: null,
    givenName: nameOf(claims.given_name) || nameOf(claims.name),
    familyName: nameOf(claims.family_name),
    role: place.role,
    agencyId: place.agencyId,
    permissionSetId: place.permissionSetId,
    locale,
    emailVerifiedAt: now,
  });
  if (!made || !(await linkIdentity(sql, { providerId: provider.id, subject: claims.sub, userId: id })))
    return { ok: false, fault: 'other_account' };
  return { ok: true, userId: id, email, made: true };
}

const nameOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 80) : '');
