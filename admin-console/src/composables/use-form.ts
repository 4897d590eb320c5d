import { computed, reactive, ref, shallowRef, watch } from 'vue';
import { toProblem } from '../api/problem.ts';
import type { ApiProblem } from '../api/problem.ts';
import { faultsByField } from './form-errors.ts';

type Options<V extends Record<string, unknown>, R> = {
  initial: V;
  send: (values: V) => Promise<R>;
  done?: (answer: R) => void | Promise<void>;
  /** Faults found before sending: field → sentence. */
  check?: (values: V) => Record<string, string>;
  /** Fields of the request that the form calls otherwise: `amount.amount` → `amount`. */
  aliases?: Readonly<Record<string, string>>;
  /** Fields that faults may stand at besides the values' own names, e.g. `settings.primaryColor`. */
  moreFields?: () => string[];
};

const copy = <V>(values: V): V => JSON.parse(JSON.stringify(values)) as V;

/** Values, faults by field, dirtiness and sending of one form. A field's fault goes when the field changes. */
export function useForm<V extends Record<string, unknown>, R>(options: Options<V, R>) {
  const clean = shallowRef(copy(options.initial));
  const values = reactive(copy(options.initial)) as V;
  const errors = ref<Record<string, string>>({});
  const rest = ref<string[]>([]);
  const problem = shallowRef<ApiProblem>();
  const submitting = ref(false);
  const root = (field: string) => field.split('.')[0] ?? field;

  let before = copy(options.initial);
  watch(
    () => copy(values),
    (after) => {
      const changed = new Set(
        Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name])),
      );
      before = after;
      if (changed.size === 0) return;
      errors.value = Object.fromEntries(Object.entries(errors.value).filter(([field]) => !changed.has(root(field))));
    },
  );

  function reset(next: V): void {
    clean.value = copy(next);
    Object.assign(values, copy(next));
    before = copy(next);
    errors.value = {};
    rest.value = [];
    problem.value = undefined;
  }

  async function submit(): Promise<void> {
    if (submitting.value) return;
    problem.value = undefined;
    rest.value = [];
    const found = options.check?.(values) ?? {};
    errors.value = found;
    if (Object.keys(found).length > 0) return;
    submitting.value = true;
    try {
      const answer = await options.send(copy(values));
      await options.done?.(answer);
    } catch (error) {
      const fault = toProblem(error);
      const fields = [...Object.keys(values), ...(options.moreFields?.() ?? [])].sort((a, b) => b.length - a.length);
      const sorted = faultsByField(fault.body, fields, options.aliases);
      rest.value = sorted.rest;
      problem.value = fault;
      errors.value = sorted.byField;
    } finally {
      submitting.value = false;
    }
  }

  return reactive({
    values,
    errors,
    rest,
    problem,
    submitting,
    dirty: computed(() => JSON.stringify(values) !== JSON.stringify(clean.value)),
    submit,
    reset,
  });
}
export type Form = {
  errors: Record<string, string>;
  rest: string[];
  problem: ApiProblem | undefined;
  submitting: boolean;
};
