import { computed, nextTick, reactive, ref, shallowRef } from 'vue';
import { isProblem } from '../api/problem.ts';
import { emptyFields, fieldOfPointer } from '../partners/application-form.ts';
import { useI18n } from '../portal.ts';
import type { ProblemBody } from '../api/problem.ts';
import type { ApplicationForm } from '../partners/application-form.ts';

/** What was typed into an application, its faults in the reader's language, and sending it. */
export function useApplicationForm<T>(initial: ApplicationForm, send: (form: ApplicationForm) => Promise<T>) {
  const { t, find } = useI18n();
  const form = reactive({ ...initial });
  const errors = ref<Record<string, string>>({});
  const failure = shallowRef<ProblemBody>();
  const sending = ref(false);
  const count = computed(() => Object.keys(errors.value).length);

  async function focusFirst(): Promise<void> {
    await nextTick();
    document.querySelector<HTMLElement>('#application-form [aria-invalid="true"]')?.focus();
  }

  /** Answers what `send` did, or undefined when something has to be mended first. */
  async function submit(further: Record<string, string> = {}): Promise<T | undefined> {
    failure.value = undefined;
    const missing = emptyFields(form).map((name) => [name, t('partners.fault.missing')] as const);
    errors.value = { ...Object.fromEntries(missing), ...further };
    if (count.value > 0) {
      await focusFirst();
      return undefined;
    }
    sending.value = true;
    try {
      return await send(form);
    } catch (error) {
      if (!isProblem(error)) throw error;
      const faults = (error.body.errors ?? []).map(
        ({ pointer, code }) =>
          [fieldOfPointer(pointer), find(`partners.fault.${code}`) ?? t('partners.fault.other')] as const,
      );
      errors.value = Object.fromEntries(faults);
      if (faults.length === 0) failure.value = error.body;
      await focusFirst();
      return undefined;
    } finally {
      sending.value = false;
    }
  }
  return { form, errors, failure, sending, count, submit };
}
