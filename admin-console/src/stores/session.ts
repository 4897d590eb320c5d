import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { abilityOf } from '../access/ability.ts';
import { toProblem } from '../api/problem.ts';
import type { ApiProblem } from '../api/problem.ts';
import type { SessionAnswer } from '../api/session.ts';

const STAFF: readonly (string | null)[] = ['reseller_admin', 'reseller_staff', 'agency_admin', 'agent'];

/** Who is signed in, as the server said when the page was loaded. */
export const useSession = defineStore('session', () => {
  const answer = shallowRef<SessionAnswer | null>(null);
  /** The session ended while the console was open. */
  const expired = shallowRef(false);
  /** Where the person proves anew who it is, while a refused act waits for it. */
  const stepUpUrl = shallowRef<string | null>(null);
  const problem = shallowRef<ApiProblem>();
  const ability = computed(() => abilityOf(answer.value?.rules ?? []));

  return {
    answer,
    expired,
    ability,
    user: computed(() => answer.value?.user ?? null),
    role: computed(() => answer.value?.role ?? null),
    agencyId: computed(() => answer.value?.agencyId ?? null),
    csrfToken: computed(() => answer.value?.csrfToken ?? null),
    brandName: computed(() => answer.value?.brand.name ?? ''),
    currency: computed(() => answer.value?.brand.currency ?? 'EUR'),
    isStaff: computed(() => Boolean(answer.value?.user) && STAFF.includes(answer.value?.role ?? null)),
    problem,
    stepUpUrl,
    /** Asks the server; a failure is kept for the gate to show. */
    async load(api: { read: () => Promise<SessionAnswer> }): Promise<void> {
      try {
        answer.value = await api.read();
        problem.value = undefined;
        expired.value = false;
      } catch (error) {
        problem.value = toProblem(error);
      }
    },
    askStepUp(url: string): void {
      stepUpUrl.value = url;
    },
    expire(): void {
      expired.value = Boolean(answer.value?.user);
    },
  };
});
