import { abilityFor, authorize, coversRights, narrow, type PermissionName } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import { newId } from '../../kernel/ids.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { listPage } from '../list-page.ts';
import { written } from '../repository.ts';
import { NotYoursToGive, SetInUse, SetNameTaken } from './errors.ts';
import {
  countHolders,
  deleteSet,
  findSet,
  insertSet,
  isNameTaken,
  lockSet,
  selectSets,
  updateSet,
} from './repository.ts';
import type { PermissionSet } from './repository.ts';
import type { PermissionSetChange, PermissionSetCreate } from './schema.ts';

/** Whether an actor has these permissions himself, and so may give them. */
export const mayGive = (actor: Actor, permissions: readonly string[]): boolean =>
  coversRights(actor, { role: 'reseller_staff', agencyId: null, agencyPath: '/', permissions });

function checkGiving(actor: Actor, permissions: readonly PermissionName[]): void {
  const beyond = permissions.filter((name) => !mayGive(actor, [name]));
  if (beyond.length > 0) throw NotYoursToGive({ what: beyond.join(', ') });
}

export function listSets(sql: TenantSql, actor: Actor, page: { limit: number; cursor?: string | undefined }) {
  const query = narrow(selectSets(), abilityFor(actor), 'read', 'PermissionSet', {});
  return listPage<PermissionSet>(sql, query, { ...page, idColumn: 's.id' });
}

/** @throws NotFound */
export async function readSet(sql: TenantSql, actor: Actor, id: string): Promise<PermissionSet> {
  const set = await findSet(sql, id);
  authorize(actor, 'read', 'PermissionSet', set);
  return set;
}

/** Makes a set, inside a transaction. @throws NotYoursToGive, SetNameTaken */
export async function createSet(
  sql: TenantSql,
  actor: Actor,
  input: PermissionSetCreate,
  now: Date,
): Promise<PermissionSet> {
  checkGiving(actor, input.permissions);
  const id = newId();
  const createdBy = actor.kind === 'user' ? actor.id : null;
  if (!(await insertSet(sql, { ...input, id, createdBy, now }))) throw SetNameTaken(input);
  await emitEvent(sql, { kind: 'identity.permission_set_created@1', payload: { permissionSetId: id } });
  return written(await findSet(sql, id));
}

/**
 * Changes a set, and with it the rights of everybody who has it, inside a transaction. What is added must be the actor's own to give;
 * what was there may stay.
 * @throws NotFound, NotYoursToGive, SetNameTaken, VersionChanged
 */
export async function changeSet(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  change: PermissionSetChange,
  now: Date,
): Promise<PermissionSet> {
  await lockSet(sql, target.id, 'update');
  const set = await findSet(sql, target.id);
  authorize(actor, 'update', 'PermissionSet', set);
  if (set.version !== target.version) throw VersionChanged();
  checkGiving(
    actor,
    (change.permissions ?? []).filter((name) => !set.permissions.includes(name)),
  );
  if (change.name !== undefined && (await isNameTaken(sql, change.name, set.id)))
    throw SetNameTaken({ name: change.name });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  await updateSet(sql, target, { ...given, now });
  await emitEvent(sql, { kind: 'identity.permission_set_changed@1', payload: { permissionSetId: set.id } });
  return written(await findSet(sql, set.id));
}

/** Deletes a set that nobody has, inside a transaction. @throws NotFound, SetInUse, VersionChanged */
export async function removeSet(sql: TenantSql, actor: Actor, target: { id: string; version: number }): Promise<void> {
  await lockSet(sql, target.id, 'update');
  const set = await findSet(sql, target.id);
  authorize(actor, 'delete', 'PermissionSet', set);
  const holders = await countHolders(sql, set.id);
  if (holders.people + holders.invitations + holders.groups > 0) throw SetInUse(holders);
  await deleteSet(sql, target);
  await emitEvent(sql, { kind: 'identity.permission_set_deleted@1', payload: { permissionSetId: set.id } });
}
