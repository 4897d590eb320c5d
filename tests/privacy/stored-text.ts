import type { Redis } from '../../server/kernel/redis.ts';
import { withOwner } from '../../server/kernel/database/owner.ts';

/** Every value of a tenant's tables and of its rows in the control plane as text: what a dump of the database would hold. */
export async function storedText(databaseUrl: string, tenant: { id: string; schema: string }): Promise<string> {
  return withOwner(databaseUrl, async (owner) => {
    const tables = await owner.query<{ name: string; own: boolean }>(
      `select format('%I.%I', table_schema, table_name) as name, table_schema <> 'platform' as own from information_schema.tables
       where table_type = 'BASE TABLE' and (table_schema = $1 or table_schema = 'platform')`,
      [tenant.schema],
    );
    const texts: string[] = [];
    for (const { name, own } of tables) {
      const rows = await owner.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.filter(({ text }) => own || text.includes(tenant.id)).map(({ text }) => `${name} ${text}`));
    }
    return texts.join('\n');
  });
}

/** Every key and value of Redis as text. */
export async function redisText(redis: Redis): Promise<string> {
  const texts: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1000);
    cursor = next;
    for (const key of keys) texts.push(`${key} ${await valueOf(redis, key)}`);
  } while (cursor !== '0');
  return texts.join('\n');
}

async function valueOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.getBuffer(key))?.toString('latin1') ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, 0, '-1'));
    default:
      return JSON.stringify(await redis.call('xrange', key, '-', '+').catch(() => ''));
  }
}
