import { ref } from 'vue';
import { useApi } from '../../api/index.ts';
import { toProblem } from '../../api/problem.ts';
import { useProblemText } from '../../composables/use-problem-text.ts';
import { useToasts } from '../../stores/toasts.ts';

/** Begins to act as a customer and leaves for the storefront, which is the customer's from then on. */
export function useActingStart() {
  const api = useApi();
  const toasts = useToasts();
  const problemText = useProblemText();
  const starting = ref(false);

  async function act(customerId: string): Promise<void> {
    starting.value = true;
    try {
      window.location.assign((await api.customers.act(customerId)).redirectTo);
    } catch (error) {
      starting.value = false;
      toasts.error(problemText(toProblem(error)));
    }
  }

  return { act, starting };
}
