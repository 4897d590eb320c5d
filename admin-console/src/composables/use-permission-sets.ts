import { useApi } from '../api/index.ts';
import type { PermissionSet } from '../api/permission-sets.ts';
import { useResource } from './use-resource.ts';

const PAGE = 100;
/** More sets than anybody tells apart; the list page still has them all. */
const MOST_PAGES = 5;

/** The permission sets to choose from, by name. */
export function usePermissionSets() {
  const api = useApi();
  const resource = useResource(async () => {
    const sets: PermissionSet[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { data, next } = await api.permissionSets.list({ limit: PAGE, cursor });
      sets.push(...data);
      if (next === null) break;
      cursor = next;
    }
    return sets.toSorted((a, b) => a.name.localeCompare(b.name));
  });
  return {
    ...resource,
    nameOf: (id: string): string => resource.data.value?.find((set) => set.id === id)?.name ?? '…',
  };
}
