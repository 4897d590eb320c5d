import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedTables } from '../../server/app/sealed-tables.ts';
import { PersonalDataView } from '../../server/customers/schema.ts';
import { withOwner } from '../../server/kernel/database/owner.ts';
import { createTestWorld, type TestWorld } from '../../server/testing/index.ts';
import { columnsOfPeople } from './columns-of-people.ts';

let world: TestWorld;
let columns: string[];
/** Columns that can hold what somebody wrote: numbers, times, ids and flags say nothing of a person without these. */
const HOLDS_TEXT = ['text', 'jsonb', 'json', 'bytea', 'inet', 'date', 'ARRAY', 'character', 'character varying'];

beforeAll(async () => {
  world = await createTestWorld();
  const { tenant } = await world.createTenant();
  columns = await withOwner(world.config.DATABASE_URL, async (owner) =>
    (
      await owner.query<{ name: string }>(
        `select table_name || '.' || column_name as name from information_schema.columns
         where table_schema = $1 and data_type = any($2) order by 1`,
        [tenant.schema, HOLDS_TEXT],
      )
    ).map(({ name }) => name),
  );
});
afterAll(() => world?.close());

describe('the columns of a tenant', () => {
  it('G01: each that can hold text is said to hold personal data, a secret, or neither', () => {
    const remedy =
      'say in tests/privacy/columns-of-people.ts what the column holds, and export and erase what is personal';
    expect(
      columns.filter((name) => !(name in columnsOfPeople)),
      remedy,
    ).toEqual([]);
    expect(
      Object.keys(columnsOfPeople).filter((name) => !columns.includes(name)),
      'columns that are gone',
    ).toEqual([]);
  });

  it('G01: what is exported is in the export', () => {
    const has = (path: string) => {
      let schema = PersonalDataView as unknown as { shape?: Record<string, unknown>; element?: unknown };
      for (const part of path.split('.')) {
        const inner = schema.shape?.[part] as { element?: unknown; unwrap?: () => unknown } | undefined;
        if (!inner) return false;
        schema = (inner.element ?? inner) as typeof schema;
      }
      return true;
    };
    const paths = Object.values(columnsOfPeople).flatMap((what) => (what.startsWith('export ') ? [what.slice(7)] : []));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !has(path))).toEqual([]);
  });

  it('that are sealed are known to the rotation of keys, or it would lose them', () => {
    const known = new Set(
      sealedTables.flatMap(({ table, columns: all }) => all.map(({ column }) => `${table}.${column}`)),
    );
    expect(columns.filter((name) => name.endsWith('_encrypted') && !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !columns.includes(name))).toEqual([]);
  });
});
