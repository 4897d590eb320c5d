import { ref } from 'vue';
import { useApi } from '../api/index.ts';
import { toProblem } from '../api/problem.ts';
import { useToasts } from '../stores/toasts.ts';
import { useProblemText } from './use-problem-text.ts';

/** Ends the session here and goes where the issuer ends its own. */
export function useSignOut() {
  const api = useApi();
  const toasts = useToasts();
  const problemText = useProblemText();
  const busy = ref(false);

  async function signOut(): Promise<void> {
    busy.value = true;
    try {
      const { redirectTo } = await api.session.end();
      window.location.assign(redirectTo);
    } catch (error) {
      busy.value = false;
      toasts.error(problemText(toProblem(error)));
    }
  }
  return { signOut, busy };
}
