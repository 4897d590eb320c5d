import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import type { FairShare } from '../../kernel/http/fair-share.ts';
import { takeDocument } from '../../kernel/uploads/take-document.ts';
import { TopUpOver } from './errors.ts';
import { openTopUp } from './read-top-ups.ts';
import { findProof, keepProof } from './repository.ts';
import { referenceOf } from './top-up.ts';

export interface ProofDeps {
  database: Database;
  /** Drawing takes a core: a tenant draws one picture at a time. */
  drawing: FairShare;
}

/** Keeps the paper that proves a transfer, while it waits. @throws TopUpOver and what `takeDocument` refuses */
export async function attachProof(
  { database, drawing }: ProofDeps,
  ctx: Pick<RequestContext, 'tenant' | 'actor' | 'sql'>,
  id: string,
  data: Buffer,
): Promise<void> {
  const check = async (sql: TenantSql, lock: boolean) => {
    const row = await openTopUp(sql, ctx.actor, id, 'update', { lock });
    if (row.state !== 'pending' || row.method !== 'transfer') throw TopUpOver({ state: row.state });
  };
  // Before a picture is drawn, and again when it is kept: the transfer may be decided meanwhile.
  await check(ctx.sql, false);
  const taken = await takeDocument(drawing, ctx.tenant.id, data);
  await database.withTenant(ctx.tenant, async (sql) => {
    await check(sql, true);
    await keepProof(sql, id, taken);
  });
}

/** The paper of a transfer with a name to save it under. @throws NotFound when there is none */
export async function readProof(sql: TenantSql, actor: Actor, id: string) {
  const row = await openTopUp(sql, actor, id);
  const proof = await findProof(sql, id);
  if (!proof) throw NotFound({ what: 'This proof' });
  const extension = proof.contentType === 'application/pdf' ? 'pdf' : 'png';
  return { ...proof, fileName: `${referenceOf(row.number)}.${extension}` };
}
