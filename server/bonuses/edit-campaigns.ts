import { isDeepStrictEqual } from 'node:util';
import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { stateOf } from './campaign-state.ts';
import { BonusCampaignBegun, BonusCampaignOver } from './errors.ts';
import { dayOf } from './period.ts';
import { findCampaign, insertCampaign, selectCampaigns, updateCampaign, type CampaignRow } from './repository.ts';
import { BonusCampaignInput, type BonusCampaignQuery } from './schema.ts';

const SUBJECT = 'BonusCampaign';
const FIELDS = Object.keys(BonusCampaignInput.shape) as (keyof BonusCampaignInput)[];

/** Campaigns, newest first. */
export async function listCampaigns(sql: TenantSql, actor: Actor, page: BonusCampaignQuery) {
  authorize(actor, 'read', SUBJECT, {});
  const before = decodeCursor(page.cursor, UUID_CURSOR);
  const query = selectCampaigns()
    .orderBy('c.id', 'desc')
    .limit(page.limit + 1);
  if (before) void query.where('c.id', '<', before);
  return toPage(await sql.all<CampaignRow>(query), page.limit, ({ id }) => id);
}

/** @throws NotFound */
export async function readCampaign(sql: TenantSql, actor: Actor, id: string): Promise<CampaignRow> {
  const campaign = await findCampaign(sql, id);
  authorize(actor, 'read', SUBJECT, campaign);
  if (!campaign) throw NotFound({ what: 'This campaign' });
  return campaign;
}

/**
 * Makes a campaign; a repeat by the same id answers the first. It begins today at the earliest: nobody is promised the past.
 * @throws ValidationFailed
 */
export async function createCampaign(
  sql: TenantSql,
  actor: Actor,
  given: { id: string; input: BonusCampaignInput; currency: string; now: Date },
  audit: AuditPen = noAudit,
): Promise<CampaignRow> {
  authorize(actor, 'create', SUBJECT, {});
  const { id, input, currency, now } = given;
  refusePast('/startsOn', input.startsOn, now);
  if ((await insertCampaign(sql, { id, currency }, input)) > 0)
    audit.note({ subject: { label: input.name }, before: {}, after: { ...input } });
  return readCampaign(sql, actor, id);
}

/**
 * Changes a campaign; once begun its name and end alone, once over its name.
 * @throws NotFound, VersionChanged, BonusCampaignBegun, BonusCampaignOver, ValidationFailed
 */
export async function changeCampaign(
  sql: TenantSql,
  actor: Actor,
  given: { id: string; version: number; input: BonusCampaignInput; now: Date },
  audit: AuditPen = noAudit,
): Promise<CampaignRow> {
  const { input, now } = given;
  const before = await readCampaign(sql, actor, given.id);
  authorize(actor, 'update', SUBJECT, before);
  if (before.version !== given.version) throw VersionChanged();
  const state = stateOf(before, dayOf(now));
  const same = (but: readonly (keyof BonusCampaignInput)[]) => isDeepStrictEqual(rest(input, but), rest(before, but));
  if (state === 'planned') refusePast('/startsOn', input.startsOn, now);
  else if (state === 'running') {
    if (!same(['name', 'endsOn'])) throw BonusCampaignBegun();
    if (input.endsOn !== null && input.endsOn !== before.endsOn) refusePast('/endsOn', input.endsOn, now);
  } else if (!same(['name'])) throw BonusCampaignOver();
  await updateCampaign(sql, given, input);
  audit.note({ subject: { label: input.name }, before: { ...rest(before, []) }, after: { ...input } });
  return readCampaign(sql, actor, given.id);
}

/**
 * Closes a campaign: one that runs ends today, one that has not begun is withdrawn. What was earned stays.
 * @throws NotFound, VersionChanged, BonusCampaignOver
 */
export async function closeCampaign(
  sql: TenantSql,
  actor: Actor,
  given: { id: string; version: number; now: Date },
  audit: AuditPen = noAudit,
): Promise<CampaignRow> {
  const before = await readCampaign(sql, actor, given.id);
  authorize(actor, 'update', SUBJECT, before);
  const today = dayOf(given.now);
  const state = stateOf(before, today);
  if (state === 'ended' || state === 'withdrawn') throw BonusCampaignOver();
  await updateCampaign(sql, given, state === 'planned' ? 'withdraw' : { ...before, endsOn: today });
  const after = await readCampaign(sql, actor, given.id);
  audit.note({
    subject: { label: before.name },
    before: { state, endsOn: before.endsOn },
    after: { state: stateOf(after, today), endsOn: after.endsOn },
  });
  return after;
}

function rest(input: BonusCampaignInput, but: readonly (keyof BonusCampaignInput)[]): Partial<BonusCampaignInput> {
  const terms = FIELDS.filter((name) => !but.includes(name)).map((name) => [name, input[name]] as const);
  return Object.fromEntries(terms);
}

function refusePast(pointer: string, day: string, now: Date): void {
  if (day < dayOf(now))
    throw ValidationFailed({ errors: [{ pointer, code: 'past', detail: 'must not be before today (UTC)' }] });
}
