import { computed } from 'vue';
import { useSession } from '../stores/session.ts';

/** What the signed-in person may do. `can` reacts to a change of session. */
export function useAccess() {
  const session = useSession();
  return {
    can: (action: string, subject: string): boolean => session.ability.can(action, subject),
    /** The reseller's own people see the whole network. */
    isReseller: computed(() => session.agencyId === null),
    agencyId: computed(() => session.agencyId),
  };
}
