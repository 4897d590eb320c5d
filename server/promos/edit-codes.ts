import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { PromoCodeTaken } from './errors.ts';
import {
  findPromoCode,
  hasKey,
  insertPromoCode,
  selectPromoCodes,
  updatePromoCode,
  type PromoFields,
  type PromoRow,
} from './repository.ts';
import type { PromoCodeInput, PromoCodeQuery } from './schema.ts';

/** A code is one more way a level prices its sales: who may edit its markup rules may edit its codes. */
const SUBJECT = 'MarkupRule';

/** Codes of the actor's own level, newest first. */
export async function listPromoCodes(sql: TenantSql, actor: Actor, page: PromoCodeQuery) {
  const before = decodeCursor(page.cursor, UUID_CURSOR);
  const query = selectPromoCodes(actor.agencyId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (before) query.where('id', '<', before);
  return toPage(await sql.all<PromoRow>(query), page.limit, (code) => code.id);
}

/** @throws NotFound for a code of another level */
export async function readPromoCode(sql: TenantSql, actor: Actor, id: string): Promise<PromoRow> {
  const code = await findPromoCode(sql, actor.agencyId, id);
  if (!code) throw NotFound({ what: 'This code' });
  authorize(actor, 'read', SUBJECT, code);
  return code;
}

/** @throws PromoCodeTaken */
export async function createPromoCode(
  sql: TenantSql,
  actor: Actor,
  input: PromoCodeInput,
  currency: string,
  audit: AuditPen = noAudit,
): Promise<PromoRow> {
  authorize(actor, 'create', SUBJECT, { ownerAgencyId: actor.agencyId });
  const id = newId();
  if (!(await insertPromoCode(sql, id, { ownerAgencyId: actor.agencyId, currency }, toFields(input, actor))))
    throw PromoCodeTaken({ promoCode: input.code });
  const made = await readPromoCode(sql, actor, id);
  audit.note({ subject: { label: made.code }, before: {}, after: factsOf(made) });
  return made;
}

/** Bookings made keep their discount. @throws NotFound, VersionChanged, PromoCodeTaken, PromoCodeUsedMore */
export async function changePromoCode(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  input: PromoCodeInput,
  audit: AuditPen = noAudit,
): Promise<PromoRow> {
  const before = await readPromoCode(sql, actor, target.id);
  authorize(actor, 'update', SUBJECT, before);
  if (before.version !== target.version) throw VersionChanged();
  if (await hasKey(sql, actor.agencyId, input.code, before.id)) throw PromoCodeTaken({ promoCode: input.code });
  await updatePromoCode(sql, target, toFields(input, actor));
  const after = await readPromoCode(sql, actor, target.id);
  audit.note({ subject: { label: before.code }, before: factsOf(before), after: factsOf(after) });
  return after;
}

/** Bookings made keep their discount, and its uses stay listed. @throws NotFound, VersionChanged */
export async function deletePromoCode(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  audit: AuditPen = noAudit,
): Promise<void> {
  const before = await readPromoCode(sql, actor, target.id);
  authorize(actor, 'delete', SUBJECT, before);
  await updatePromoCode(sql, target, 'delete');
  audit.note({ subject: { label: before.code }, before: factsOf(before), after: {} });
}

/** An agency bears its own codes whole, whatever it sends. */
const toFields = (input: PromoCodeInput, actor: Actor): PromoFields => ({
  ...input,
  match: JSON.parse(JSON.stringify(input.match)) as PromoFields['match'],
  saleFrom: input.saleFrom === null ? null : new Date(input.saleFrom),
  saleTo: input.saleTo === null ? null : new Date(input.saleTo),
  resellerBp: actor.agencyId === null ? input.resellerBp : 0,
});

const factsOf = ({ id: _id, uses: _uses, createdAt: _at, ...facts }: PromoRow) => ({ ...facts });
