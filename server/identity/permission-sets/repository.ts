import type { Knex } from 'knex';
import type { PermissionName } from '../../access/index.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';

export interface PermissionSet {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly PermissionName[];
  readonly version: number;
  readonly peopleCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const selectSets = () =>
  q('permission_sets as s')
    .leftJoin(
      q('users')
        .whereNotNull('permission_set_id')
        .groupBy('permission_set_id')
        .select('permission_set_id', q.raw('count(*)::int as people'))
        .as('held'),
      'held.permission_set_id',
      's.id',
    )
    .select({
      id: 's.id',
      name: 's.name',
      description: 's.description',
      permissions: 's.permissions',
      version: 's.version',
      createdAt: 's.created_at',
      updatedAt: 's.updated_at',
      peopleCount: q.raw('coalesce(held.people, 0)'),
    });

/** Keeps a set as it is until the transaction ends: against being given (`update`) or changed (`share`) meanwhile. */
export const lockSet = (sql: TenantSql, id: string, mode: 'update' | 'share') => {
  const row = q('permission_sets').where({ id }).select('id');
  return sql.one<{ id: string }>(mode === 'update' ? row.forUpdate() : row.forShare());
};

export const findSet = (sql: TenantSql, id: string) => sql.one<PermissionSet>(selectSets().where('s.id', id));

interface SetRow {
  id: string;
  name: string;
  description: string;
  permissions: readonly string[];
}

/** False when the name is taken. */
export async function insertSet(
  sql: TenantSql,
  row: SetRow & { createdBy: string | null; now: Date },
): Promise<boolean> {
  const { now, createdBy, ...set } = row;
  const insert = q('permission_sets')
    .insert({ ...set, version: 1, created_by: createdBy, created_at: now, updated_at: now })
    .onConflict(q.raw('(lower(name))'))
    .ignore();
  return (await sql.run(insert)) === 1;
}

/** @throws VersionChanged when somebody else was first */
export async function updateSet(
  sql: TenantSql,
  target: { id: string; version: number },
  change: Partial<Omit<SetRow, 'id'>> & { now: Date },
): Promise<void> {
  const { now, ...columns } = change;
  const update = q('permission_sets')
    .where(target)
    .update({ ...columns, updated_at: now, version: target.version + 1 });
  if ((await sql.run(update)) !== 1) throw VersionChanged();
}

export const isNameTaken = async (sql: TenantSql, name: string, except: string): Promise<boolean> =>
  (await sql.one(
    q('permission_sets').whereRaw('lower(name) = lower(?)', [name]).whereNot({ id: except }).select('id'),
  )) !== undefined;

export async function countHolders(
  sql: TenantSql,
  id: string,
): Promise<{ people: number; invitations: number; groups: number }> {
  const count = async (rows: Knex.QueryBuilder) =>
    (await sql.one<{ n: number }>(rows.where({ permission_set_id: id }).select(q.raw('count(*)::int as n'))))?.n ?? 0;
  return {
    people: await count(q('users')),
    invitations: await count(q('invitations').whereNull('accepted_at')),
    groups: await count(q('identity_provider_mappings')),
  };
}

/** A set that accepted invitations still name is let go of by them. @throws VersionChanged */
export async function deleteSet(sql: TenantSql, target: { id: string; version: number }): Promise<void> {
  await sql.run(
    q('invitations')
      .where({ permission_set_id: target.id })
      .whereNotNull('accepted_at')
      .update({ permission_set_id: null }),
  );
  if ((await sql.run(q('permission_sets').where(target).delete())) !== 1) throw VersionChanged();
}
