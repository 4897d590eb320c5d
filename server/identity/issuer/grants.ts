import type { KoaContextWithOIDC } from 'oidc-provider';
import { digest } from '../../kernel/crypto/vault.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { isFirstParty } from './first-party.ts';
import { API_RESOURCE, API_SCOPE, FIRST_PARTY_OIDC_SCOPE } from './resource.ts';

/**
 * The grant behind a session and a client. First-party clients get theirs without a question; for the applications of third parties a person
 * is asked, in each session anew.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const existing = known ? await provider.Grant.find(known) : undefined;
  if (existing || !isFirstParty(client.clientId)) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(FIRST_PARTY_OIDC_SCOPE);
  grant.addResourceScope(API_RESOURCE, API_SCOPE);
  await grant.save();
  return grant;
}

/** Ends a grant and its refresh tokens; what else was given under it is worth nothing without it. True if there was one. */
export async function deleteGrant(sql: TenantSql, grantId: string): Promise<boolean> {
  const ended = await sql.run(
    q('oidc_artifacts')
      .where({ model: 'Grant', id: digest(grantId) })
      .delete(),
  );
  await sql.run(q('oidc_artifacts').where({ grant_id: grantId }).delete());
  return ended > 0;
}
