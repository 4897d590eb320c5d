import { useAccess } from '../access/use-access.ts';
import type { Brand } from '../api/brands.ts';
import { useApi } from '../api/index.ts';

/** Finds the own level's brand: the reseller's among all that it sees, an agency's by its id. */
export function useOwnBrand(): () => Promise<Brand | null> {
  const api = useApi();
  const { agencyId } = useAccess();
  return async () => {
    let cursor: string | undefined;
    do {
      const page = await api.brands.list({ limit: 100, cursor, agencyId: agencyId.value ?? undefined });
      const own = page.data.find((brand) => (brand.agency?.id ?? null) === agencyId.value);
      if (own) return own;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return null;
  };
}
