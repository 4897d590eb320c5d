import { abilityFor } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { createApi } from '../kernel/http/api.ts';
import { anonymous, type Actor } from '../kernel/http/actor.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { Method, Reply, Route } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { pathBelow } from './agency.ts';

/** An approved agency in the table, without wallet or book. */
export async function anAgency(
  sql: TenantSql,
  given: { name: string; parent?: { id: string; path: string }; tier?: string },
): Promise<{ id: string; path: string }> {
  const id = newId();
  const path = pathBelow(given.parent?.path ?? '/', id);
  const depth = path.split('/').length - 2;
  await sql.run(
    q('agencies').insert({
      id,
      parent_id: given.parent?.id ?? null,
      path,
      depth,
      name: given.name,
      tier: given.tier ?? 'bronze',
    }),
  );
  return { id, path };
}

export const resellerAdmin: Actor = {
  ...anonymous,
  kind: 'user',
  id: newId(),
  role: 'reseller_admin',
  name: 'Reseller',
};

export const staffOf = (
  agency: { id: string; path: string },
  role: 'agency_admin' | 'agent' = 'agency_admin',
): Actor => ({
  ...anonymous,
  kind: 'user',
  id: newId(),
  role,
  agencyId: agency.id,
  agencyPath: agency.path,
  name: role,
});

/** Calls routes as the HTTP layer does: permission, validation, and the answer checked against its schema. */
export function createCaller(routes: readonly Route[], world: { tenant: Tenant; brand: Brand; sql: TenantSql }) {
  const api = createApi(routes, { checkAnswers: true });
  const log = createLogger({ level: 'silent', role: 'test' });
  return async function call<T>(
    actor: Actor,
    line: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply & { body: T }> {
    const [method = '', target = ''] = line.split(' ');
    const url = new URL(target, 'http://test');
    const { reply } = await api.invoke({
      method: method.toLowerCase() as Method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body,
      headers,
      context: { ...world, requestId: 'test', actor, ability: abilityFor(actor), locale: 'en', ip: '127.0.0.1', log },
    });
    return reply as Reply & { body: T };
  };
}
