import { computed, onMounted, onUnmounted, ref, shallowRef } from 'vue';
import { useRoute } from 'vue-router';
import { createAttempt } from '../api/attempt.ts';
import { isLostAnswer, isProblem } from '../api/problem.ts';
import { usePortal } from '../portal.ts';
import { usePageData } from './use-page-data.ts';
import type { PaymentLinkPage } from '../api/types.ts';
import type { ProblemBody } from '../api/problem.ts';

const POLL_MS = 3_000;
/** Shortest text that can be a link's secret. */
const SHORTEST_ACCESS = 20;

/** What a payment link opens, read again while its payment is under way. */
export function usePaymentLink() {
  const route = useRoute();
  const { api, response } = usePortal();
  const access = computed(() => (typeof route.query['access'] === 'string' ? route.query['access'] : ''));
  const isLink = computed(() => access.value.length >= SHORTEST_ACCESS);
  const { data, problem, reload } = usePageData(
    () => (isLink.value ? `pay/${access.value}` : undefined),
    () =>
      api.readPaymentLink(access.value).catch((error: unknown) => {
        if (isProblem(error) && error.status === 404) response.status = 404;
        throw error;
      }),
  );
  const newer = shallowRef<PaymentLinkPage>();
  const page = computed(() => newer.value ?? data.value);
  const isGone = computed(() => !isLink.value || problem.value?.status === 404);

  const busy = ref(false);
  const failure = shallowRef<ProblemBody>();
  const attempt = createAttempt();
  async function pay(): Promise<void> {
    busy.value = true;
    failure.value = undefined;
    try {
      newer.value = await api.payByLink(access.value, attempt.keyFor(access.value));
      attempt.settle();
      const url = newer.value.payment?.actionUrl;
      if (url) location.assign(url);
      else busy.value = false;
    } catch (error) {
      busy.value = false;
      if (!isProblem(error)) throw error;
      if (!isLostAnswer(error.body)) attempt.settle();
      failure.value = error.body;
      await refresh();
    }
  }

  /** A lost answer is no reason to stop: the next one may come. */
  const refresh = () =>
    api.readPaymentLink(access.value).then(
      (next) => void (newer.value = next),
      (error: unknown) => {
        if (!isProblem(error)) throw error;
      },
    );
  const isMoving = () =>
    page.value?.state === 'processing' || (page.value?.state === 'open' && page.value.payment !== null);
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      if (isMoving() && !busy.value) void refresh();
    }, POLL_MS);
  });
  onUnmounted(() => {
    clearInterval(timer);
  });
  return { page, problem, reload, isGone, busy, failure, pay };
}
