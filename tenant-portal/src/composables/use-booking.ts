import { computed, onMounted, onUnmounted, ref, shallowRef, watch } from 'vue';
import { useRoute } from 'vue-router';
import { createAttempt } from '../api/attempt.ts';
import { isLostAnswer, isProblem } from '../api/problem.ts';
import { usePortal } from '../portal.ts';
import { usePageData } from './use-page-data.ts';
import type { Booking, BookingState, CancellationQuote } from '../api/types.ts';
import type { ProblemBody } from '../api/problem.ts';

/** States that change without the reader doing anything. */
const MOVING: readonly BookingState[] = ['draft', 'pending', 'cancelling', 'changing'];
const FIRST_POLL_MS = 2_000;
const SLOWEST_POLL_MS = 15_000;

/** One booking, read again while it moves, with what its reader may do. */
export function useBooking() {
  const route = useRoute();
  const { api, response } = usePortal();
  const reference = computed(() => String(route.params['reference']));
  const access = computed(() => (typeof route.query['access'] === 'string' ? route.query['access'] : undefined));
  const { data, problem, reload } = usePageData(
    () => `booking/${reference.value}`,
    () =>
      api.readBooking(reference.value, access.value).catch((error: unknown) => {
        if (isProblem(error)) response.status = error.status >= 500 || error.status === 0 ? 502 : 404;
        throw error;
      }),
  );
  const newer = shallowRef<Booking>();
  watch(reference, () => {
    newer.value = undefined;
  });
  const booking = computed(() => newer.value ?? data.value);
  poll(booking, async () => {
    newer.value = await api.readBooking(reference.value, access.value);
  });

  const actions = useBookingActions(booking, access, (next) => {
    newer.value = next;
  });
  return { booking, problem, reload, access, ...actions };
}

function poll(booking: { value: Booking | undefined }, read: () => Promise<void>): void {
  let wait = FIRST_POLL_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (): void => {
    clearTimeout(timer);
    if (booking.value === undefined || !MOVING.includes(booking.value.state)) return;
    timer = setTimeout(() => {
      wait = Math.min(wait * 1.4, SLOWEST_POLL_MS);
      // A lost answer is no reason to stop: the next one may come.
      read()
        .catch((error: unknown) => {
          if (!isProblem(error)) throw error;
        })
        .finally(next);
    }, wait);
  };
  onMounted(next);
  onUnmounted(() => {
    clearTimeout(timer);
  });
  if (!import.meta.env.SSR)
    watch(
      () => booking.value?.state,
      () => {
        wait = FIRST_POLL_MS;
        next();
      },
    );
}

function useBookingActions(
  booking: { value: Booking | undefined },
  access: { value: string | undefined },
  keep: (booking: Booking) => void,
) {
  const { api } = usePortal();
  const busy = ref(false);
  const failure = shallowRef<ProblemBody>();
  const cancellation = shallowRef<CancellationQuote>();
  const attempt = createAttempt();

  async function run(work: (id: string) => Promise<void>): Promise<void> {
    if (booking.value === undefined || busy.value) return;
    busy.value = true;
    failure.value = undefined;
    try {
      await work(booking.value.id);
      attempt.settle();
    } catch (error) {
      if (!isProblem(error)) throw error;
      if (!isLostAnswer(error.body)) attempt.settle();
      failure.value = error.body;
    } finally {
      busy.value = false;
    }
  }

  const pay = () =>
    run(async (id) => {
      const answer = await api.payBooking(id, access.value, attempt.keyFor(['pay', id]));
      const url = 'reference' in answer ? answer.payment?.actionUrl : answer.actionUrl;
      if (url) location.assign(url);
      else keep(await api.readBooking(id, access.value));
    });
  const askToCancel = () =>
    run(async (id) => {
      cancellation.value = await api.quoteCancellation(id, access.value);
    });
  const confirmCancel = () =>
    run(async (id) => {
      const quote = cancellation.value;
      if (quote === undefined) return;
      await api.confirmCancellation(quote.id, access.value, attempt.keyFor(['cancel', quote.id]));
      cancellation.value = undefined;
      keep(await api.readBooking(id, access.value));
    });
  const keepBooking = (): void => {
    cancellation.value = undefined;
  };
  return { busy, failure, cancellation, pay, askToCancel, confirmCancel, keepBooking };
}
