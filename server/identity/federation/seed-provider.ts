import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { sealSecret, writeMappings } from './repository.ts';
import type { GroupMapping, ProviderKind } from './provider.ts';

/** A provider as a seed knows it: its domain needs no proof, as nobody owns it. */
export interface SeededProvider {
  name: string;
  kind: ProviderKind;
  issuer: string;
  clientId: string;
  clientSecret: string;
  groupClaim: string;
  mappings: readonly GroupMapping[];
  domain: string;
}

/**
 * Connects a provider of a demonstration, or brings its address and secret up to date and leaves what people changed; undefined takes it
 * away. Runs in a transaction; for seeds only.
 */
export async function seedProvider(sql: TenantSql, id: string, provider: SeededProvider | undefined): Promise<void> {
  if (!provider) return void (await sql.run(q('identity_providers').where({ id }).delete()));
  const where = {
    issuer: provider.issuer,
    client_id: provider.clientId,
    secret_encrypted: sealSecret(sql, id, provider.clientSecret),
  };
  const known = q('identity_providers')
    .where({ id })
    .update({ ...where, version: q.raw('version + 1') });
  if ((await sql.run(known)) === 1) return;
  const { name, kind, groupClaim } = provider;
  await sql.run(
    q('identity_providers').insert({ id, name, kind, ...where, group_claim: groupClaim, provisioning: true }),
  );
  await writeMappings(sql, id, provider.mappings);
  await sql.run(
    q('identity_provider_domains')
      .insert({ domain: provider.domain, provider_id: id, token: 'demo', verified_at: q.fn.now() })
      .onConflict('domain')
      .ignore(),
  );
}
