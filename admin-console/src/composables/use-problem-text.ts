import { useI18n } from 'vue-i18n';
import type { ApiProblem } from '../api/problem.ts';

/** The sentence of a problem: the server's own, or ours where no answer came. */
export function useProblemText() {
  const { t, te } = useI18n();
  return (problem: ApiProblem): string => {
    const key = `problem.${problem.code}`;
    return te(key) ? t(key) : problem.message;
  };
}
