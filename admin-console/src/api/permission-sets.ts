import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export type PermissionSetInput = { name: string; description: string; permissions: string[] };
export type PermissionSet = PermissionSetInput & {
  id: string;
  peopleCount: number;
  /** Whether the reader has all of its permissions, and so may give it. */
  mayGive: boolean;
  createdAt: string;
  updatedAt: string;
  version: number;
};

const at = (id: string) => `/permission-sets/${encodeURIComponent(id)}`;

export const createPermissionSetsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<PermissionSet>>('/permission-sets', query, signal),
  read: (id: string) => http.get<PermissionSet>(at(id)),
  create: (set: PermissionSetInput) => http.post<PermissionSet>('/permission-sets', set),
  change: (id: string, set: PermissionSetInput, version: number) => http.patch<PermissionSet>(at(id), set, { version }),
  remove: (id: string, version: number) => http.delete(at(id), { version }),
});
