import { authorize } from '../../access/index.ts';
import { publicOrigin, type Config } from '../../kernel/config.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { digest } from '../../kernel/crypto/vault.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { newSecret } from '../../kernel/ids.ts';
import { must } from '../../kernel/must.ts';
import { maySetTier } from '../agency.ts';
import { createAgency, type OnAgencyCreated } from '../create-agency.ts';
import { OnlyAboveMay } from '../errors.ts';
import { checkPlace as checkRoom } from '../limits/check-limits.ts';
import { lockNetwork } from '../limits/repository.ts';
import { signInBrandOf, type Inviter } from '../invite-to-agency.ts';
import { findAgency } from '../repository.ts';
import type { Tier } from '../schema.ts';
import { checkStep, openChecks, type Application } from './application.ts';
import { LINK_MS, linkOf } from './apply.ts';
import { ChecksOpen, ResellerApproves } from './errors.ts';
import { insertEvent, updateApplication } from './repository.ts';
import { reviewing } from './review.ts';
import { tellStep } from './tell-applicant.ts';
import type { Approval } from './schema.ts';

export interface DecideDeps {
  config: Config;
  database: Database;
  clock: Clock;
  identity: Inviter;
  onAgencyCreated: OnAgencyCreated;
  /** Carries the account the applicant told over to the agency, where somebody has to confirm it. */
  carryAccount: CarryAccount;
}
export type CarryAccount = (
  sql: TenantSql,
  account: { agencyId: string; holder: string; iban: string; bic: string | null },
) => Promise<void>;
interface At {
  id: string;
  /** The version the reviewer read. */
  version: number;
}

/** Origin of the brand an application came in at. */
async function originOf({ config }: DecideDeps, sql: TenantSql, brandId: string): Promise<string> {
  const brand = await sql.one<{ hostname: string }>(q('brands').where({ id: brandId }).select('hostname'));
  return publicOrigin(config, must(brand, `brand ${brandId} of an application`).hostname);
}

/** Gives the applicant the pen again, with a new link; the one before ends. @throws NotFound, Forbidden, VersionChanged, StepRefused */
export const requestInformation = (
  deps: DecideDeps,
  tenant: Tenant,
  actor: Actor,
  { id, version, message }: At & { message: string },
  audit: AuditPen = noAudit,
): Promise<void> =>
  reviewing(deps, tenant, actor, { id, version, action: 'update' }, async (sql, application) => {
    checkStep(application, 'request_information');
    const token = newSecret();
    const expiresAt = new Date(deps.clock.now().getTime() + LINK_MS);
    await updateApplication(sql, id, {
      state: 'information_requested',
      token_hash: digest(token),
      token_expires_at: expiresAt,
    });
    await insertEvent(sql, id, { kind: 'information_requested', actor, text: message });
    const url = linkOf(await originOf(deps, sql, application.brandId), token);
    await tellStep(sql, 'information_requested', application, { url, message, expiresAt });
    noteState(audit, application, 'information_requested');
  });

/** Says no, with the reason the applicant is mailed. @throws NotFound, Forbidden, VersionChanged, StepRefused */
export const reject = (
  deps: DecideDeps,
  tenant: Tenant,
  actor: Actor,
  { id, version, message }: At & { message: string },
  audit: AuditPen = noAudit,
): Promise<void> =>
  reviewing(deps, tenant, actor, { id, version, action: 'approve' }, async (sql, application) => {
    checkStep(application, 'reject');
    await updateApplication(sql, id, { state: 'rejected', decided_at: deps.clock.now(), decided_by: actor.id });
    await insertEvent(sql, id, { kind: 'rejected', actor, text: message });
    const url = await originOf(deps, sql, application.brandId);
    await tellStep(sql, 'rejected', application, { url, message });
    noteState(audit, application, 'rejected');
  });

/**
 * Makes the agency, with an empty wallet and no credit, and invites its first administrator: all of it in one transaction, or none.
 * @returns the agency's id
 * @throws NotFound, Forbidden, VersionChanged, StepRefused, ChecksOpen, OnlyAboveMay, LimitReached, TierNotGiven, ResellerApproves,
 * NoBrandToSignIn, and what the network and the identity module refuse
 */
export const approve = (
  deps: DecideDeps,
  tenant: Tenant,
  actor: Actor,
  { id, version, parentId, tier }: At & Approval,
  audit: AuditPen = noAudit,
): Promise<string> =>
  reviewing(deps, tenant, actor, { id, version, action: 'approve' }, async (sql, application) => {
    checkStep(application, 'approve');
    const open = openChecks(application);
    if (open.length > 0) throw ChecksOpen({ open });
    const place = { parentId: parentId === undefined ? application.parentAgencyId : parentId, tier };
    await checkPlace(sql, actor, place);
    const { companyName, taxId, contact, iban, bic } = application.details;
    const agency = await createAgency(deps, sql, {
      ...place,
      name: companyName.slice(0, 120),
      legalName: companyName,
      taxId,
      email: contact.email,
      currency: tenant.currency,
    });
    await deps.carryAccount(sql, { agencyId: agency.id, holder: companyName.slice(0, 70), iban, bic });
    await updateApplication(sql, id, {
      state: 'approved',
      agency_id: agency.id,
      decided_at: deps.clock.now(),
      decided_by: actor.id,
    });
    await insertEvent(sql, id, { kind: 'approved', actor, text: null });
    const brand = await signInBrandOf(deps, sql, agency.id);
    await deps.identity.inviteUser(
      sql,
      tenant,
      { ...brand, defaultLocale: application.locale },
      {
        email: contact.email,
        role: 'agency_admin',
        agencyId: agency.id,
        invitedBy: actor.kind === 'user' ? actor.id : null,
      },
    );
    await tellStep(sql, 'approved', application, { url: brand.origin });
    noteState(audit, application, 'approved');
    return agency.id;
  });

/** Below the reseller only the reseller adds; an agency below itself and within its limits, and the tier of its own children only. */
async function checkPlace(sql: TenantSql, actor: Actor, place: { parentId: string | null; tier: Tier }): Promise<void> {
  if (actor.agencyId === null) return;
  if (place.parentId === null) throw OnlyAboveMay({ what: 'Agencies directly below the reseller are added' });
  authorize(actor, 'create', 'Agency', await findAgency(sql, place.parentId));
  if (place.tier !== 'bronze' && !maySetTier(actor, place)) throw OnlyAboveMay({ what: 'Its tier is set' });
  await lockNetwork(sql);
  // An approval mails the applicant that it is in: where the reseller lets in, the reseller approves.
  if (await checkRoom(sql, actor, { parentId: place.parentId, tier: place.tier })) throw ResellerApproves();
}

const noteState = (audit: AuditPen, application: Application, state: Application['state']): void =>
  audit.note({
    subject: { label: application.companyName },
    before: { state: application.state },
    after: { state },
  });
