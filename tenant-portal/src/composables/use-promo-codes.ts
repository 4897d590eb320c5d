import { computed, ref, shallowRef, watch } from 'vue';
import { isProblem } from '../api/problem.ts';
import { useI18n, usePortal } from '../portal.ts';
import type { ProblemBody } from '../api/problem.ts';
import type { Money, PromoCheck, Quote } from '../api/types.ts';

const MOST = 3;

/** Codes for a discount on one quote: looked up as they are added, and again when the quote is another one. */
export function usePromoCodes(quote: () => Quote, email: () => string) {
  const { api } = usePortal();
  const { t, find } = useI18n();
  const typed = ref('');
  const codes = ref<string[]>([]);
  const found = shallowRef<PromoCheck>();
  const refusal = ref<string>();
  const checking = ref(false);

  /** Why a code is refused, in the reader's language. */
  function explain(problem: ProblemBody): string {
    return find(`promo.refused.${problem.reason ?? ''}`) ?? find(`problem.${problem.code}`) ?? t('promo.failed');
  }

  async function check(wanted: string[]): Promise<boolean> {
    refusal.value = undefined;
    if (wanted.length === 0) {
      found.value = undefined;
      return true;
    }
    checking.value = true;
    try {
      const address = email().includes('@') ? { email: email().trim() } : {};
      found.value = await api.checkPromoCodes({ quoteId: quote().id, promoCodes: wanted, ...address });
      return true;
    } catch (error) {
      if (!isProblem(error)) throw error;
      refusal.value = explain(error.body);
      return false;
    } finally {
      checking.value = false;
    }
  }

  async function add(): Promise<void> {
    const code = typed.value.trim();
    if (code === '' || checking.value) return;
    const wanted = [...codes.value.filter((one) => one.toUpperCase() !== code.toUpperCase()), code].slice(-MOST);
    if (!(await check(wanted))) return;
    codes.value = wanted;
    typed.value = '';
  }

  async function remove(code: string): Promise<void> {
    const left = codes.value.filter((one) => one !== code);
    codes.value = left;
    if (!(await check(left))) drop();
  }

  /** Back to the price without codes. */
  function drop(): void {
    codes.value = [];
    found.value = undefined;
  }

  /** A booking was refused for a code: the price without codes stands, and the field says why. */
  function refuse(problem: ProblemBody): void {
    drop();
    refusal.value = explain(problem);
  }

  watch(
    () => quote().id,
    async () => {
      if (!(await check(codes.value))) drop();
    },
  );
  const total = computed<Money>(() => found.value?.total ?? quote().total);
  /** The quote at its price with the codes. */
  const priced = computed<Quote>(() => {
    if (found.value === undefined) return quote();
    const { total: agreed, own } = found.value;
    const { offer } = quote();
    return { ...quote(), total: agreed, offer: own === undefined ? offer : { ...offer, own } };
  });
  const discounts = computed(() => found.value?.discounts ?? []);
  return { typed, codes, discounts, total, priced, refusal, checking, add, remove, refuse };
}

export type PromoCodes = ReturnType<typeof usePromoCodes>;
