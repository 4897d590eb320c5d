import { LRUCache } from 'lru-cache';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { findApiClient, findUserById, type ApiClientRow } from './repository.ts';
import { seatsOf, type Seat } from './seats.ts';
import { isUsable, type User } from './user.ts';

/** How long a suspension made by another process may go unnoticed by bearer tokens; browser sessions are ended at once. */
const TTL_MS = 3000;

export interface Person {
  actor: Actor;
  user: Seat;
}

/** Accounts as actors, a few seconds old at most. Suspended and unknown ones answer undefined. */
export function createActorLookup(database: Database) {
  const people = new LRUCache<string, { value: Promise<Person[]> }>({ max: 5000, ttl: TTL_MS });
  const clients = new LRUCache<string, { value: Promise<ApiClientRow | undefined> }>({ max: 2000, ttl: TTL_MS });

  async function loadPerson(tenant: TenantRef, id: string): Promise<Person[]> {
    const sql = database.tenant(tenant);
    const user = await findUserById(sql, id);
    if (!user) return [];
    const { passwordHash: _hash, failedSignIns: _failures, lockedUntil: _locked, ...known } = user;
    return (await seatsOf<User>(sql, known)).filter(isUsable).map(toPerson);
  }

  function toPerson(user: Seat): Person {
    const name = `${user.givenName} ${user.familyName}`.trim() || user.email;
    return {
      user,
      actor: {
        kind: 'user',
        id: user.id,
        role: user.role,
        ...(user.role === 'reseller_staff' ? { permissions: user.permissions ?? [] } : {}),
        agencyId: user.agencyId,
        agencyPath: user.agencyPath,
        name,
        email: user.email,
        emailVerified: user.emailVerifiedAt !== null,
      },
    };
  }

  function toClient(client: ApiClientRow | undefined): Actor | undefined {
    if (!client || client.state !== 'active' || client.agencyState === 'suspended') return undefined;
    return {
      kind: 'client',
      id: client.id,
      role: client.role,
      ...(client.scopes ? { scopes: client.scopes } : {}),
      agencyId: client.agencyId,
      agencyPath: client.agencyPath,
      name: client.name,
      email: null,
    };
  }

  function cached<T>(cache: LRUCache<string, { value: Promise<T> }>, key: string, load: () => Promise<T>): Promise<T> {
    let entry = cache.get(key);
    if (!entry) {
      entry = { value: load() };
      cache.set(key, entry);
      entry.value.catch(() => cache.delete(key));
    }
    return entry.value;
  }

  const apiClient = (tenant: TenantRef, clientId: string) =>
    cached(clients, `${tenant.id}:${clientId}`, () => findApiClient(database.tenant(tenant), clientId));

  const seats = (tenant: TenantRef, id: string) => cached(people, `${tenant.id}:${id}`, () => loadPerson(tenant, id));

  return {
    /** A person in all agencies it can work for now, that of the account first. */
    seats,
    /** A person in one agency: that of the account, or of one of its memberships. */
    user: async (tenant: TenantRef, id: string, membershipId: string | null = null): Promise<Person | undefined> =>
      (await seats(tenant, id)).find(({ user }) => user.membershipId === membershipId),
    /** A program of the tenant as it is stored, whatever its state: what the issuer knows it by. */
    apiClient,
    client: async (tenant: TenantRef, clientId: string) => toClient(await apiClient(tenant, clientId)),
    dropUser: (tenant: TenantRef, id: string) => void people.delete(`${tenant.id}:${id}`),
    dropClient: (tenant: TenantRef, clientId: string) => void clients.delete(`${tenant.id}:${clientId}`),
  };
}

export type ActorLookup = ReturnType<typeof createActorLookup>;
