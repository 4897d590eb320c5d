import pg from 'pg';

/**
 * What a tenant's rows are at one moment: a hash of each table.
 * @param client connected as the owner of the database, past every right
 */
export async function hashTables(
  client: pg.Client,
  schema: string,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  const tables = (await tablesOf(client, schema)).filter((name) => !except.includes(name));
  const hash = (table: string) =>
    `select '${table}' as name, count(*) || ':' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from "${schema}"."${table}" t`;
  const { rows } = await client.query<{ name: string; hash: string }>(tables.map(hash).join(' union all '));
  return Object.fromEntries(rows.map((row) => [row.name, row.hash]));
}

/** Every id that stands in a tenant's rows. */
export async function idsIn(databaseUrl: string, schema: string): Promise<Set<string>> {
  return withOwner(databaseUrl, async (client) => {
    const ids = new Set<string>();
    const { rows: columns } = await client.query<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = $1 and column_name = 'id' and data_type = 'uuid'`,
      [schema],
    );
    for (const { table_name: table } of columns) {
      const { rows } = await client.query<{ id: string }>(`select id from "${schema}"."${table}"`);
      for (const { id } of rows) ids.add(id);
    }
    return ids;
  });
}

/** Names of the tables whose rows differ. */
export const changedTables = (before: Record<string, string>, after: Record<string, string>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((table) => before[table] !== after[table]);

/** Runs work as the owner of the whole database. */
export async function withOwner<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function tablesOf(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    'select tablename from pg_tables where schemaname = $1 order by tablename',
    [schema],
  );
  return rows.map((row) => row.tablename);
}
