import { computed, nextTick, reactive, ref, shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';
import { createAttempt } from '../api/attempt.ts';
import { isExpiry, isLostAnswer, isProblem, searchAgainLink } from '../api/problem.ts';
import {
  emptyContact,
  emptyTraveller,
  fieldOfPointer,
  findFaults,
  writeContact,
  writeTravellers,
} from '../checkout/traveller-form.ts';
import { useI18n, usePortal, useSession } from '../portal.ts';
import { usePromoCodes } from './use-promo-codes.ts';
import type { ApiProblem, ProblemBody } from '../api/problem.ts';
import type { Booking, BookingCreate, Money, PayMethod, Quote } from '../api/types.ts';

export type PriceChange = { before: Money; now: Money };

/** Travellers, contact, price consent and payment of one quote. `requote` asks for the current price of the same offer. */
export function useCheckout(quote: () => Quote, requote: () => Promise<Quote | undefined>) {
  const { api, today } = usePortal();
  const { t, dayWithYear, locale } = useI18n();
  const { user, isAgent } = useSession();
  const router = useRouter();
  const attempt = createAttempt();

  const travellers = reactive(quote().travellers.map(emptyTraveller));
  const contact = reactive({ ...emptyContact(), email: isAgent.value ? '' : (user?.email ?? '') });
  const contactIsFirst = ref(!isAgent.value);
  const method = ref<PayMethod>(isAgent.value && quote().offer.own !== undefined ? 'wallet' : 'card');
  const checked = ref(false);
  const refused = ref<Record<string, string>>({});
  const failure = shallowRef<ProblemBody>();
  const sending = ref(false);
  /** Set when the offer has ended: where to search again, '' when the API does not say. */
  const gone = ref<string>();
  const promo = usePromoCodes(quote, () => contact.email);
  const change = shallowRef<PriceChange | undefined>(changeOf(quote()));

  watch([contactIsFirst, () => contact.givenName, () => contact.familyName], () => {
    const [first] = travellers;
    if (!contactIsFirst.value || first === undefined) return;
    first.givenName = contact.givenName;
    first.familyName = contact.familyName;
  });

  const errors = computed<Record<string, string>>(() => {
    if (!checked.value) return refused.value;
    const faults = findFaults(travellers, contact, quote(), today, dayWithYear);
    return {
      ...refused.value,
      ...Object.fromEntries(Object.entries(faults).map(([field, { key, values }]) => [field, t(key, values)])),
    };
  });

  async function submit(): Promise<void> {
    checked.value = true;
    refused.value = {};
    failure.value = undefined;
    if (Object.keys(errors.value).length > 0) {
      await focusFirstError();
      return;
    }
    sending.value = true;
    const booking: BookingCreate = {
      items: [{ quoteId: quote().id }],
      travellers: writeTravellers(travellers, quote()),
      contact: writeContact(contact),
      payment: { method: method.value },
      expectedTotal: promo.total.value,
      promoCodes: [...promo.codes.value],
      locale,
    };
    try {
      await goTo(await api.createBooking(booking, attempt.keyFor(booking)));
    } catch (error) {
      sending.value = false;
      if (!isProblem(error)) throw error;
      // Without an answer the key stays: pressing again asks about the same booking.
      if (!isLostAnswer(error.body)) attempt.settle();
      await explain(error);
    }
  }

  async function goTo(booking: Booking): Promise<void> {
    const url = booking.payment?.actionUrl;
    if (url) {
      location.assign(url);
      return;
    }
    await router.push({
      path: `/trips/${booking.reference}`,
      query: booking.guestToken === undefined ? {} : { access: booking.guestToken },
    });
  }

  async function explain(problem: ApiProblem): Promise<void> {
    if (problem.code === 'promo.refused') {
      promo.refuse(problem.body);
      await focusFirstError();
      return;
    }
    if (isExpiry(problem.body)) {
      gone.value = searchAgainLink(problem.body) ?? '';
      return;
    }
    const fields = Object.entries(problem.fields).map(
      ([pointer, detail]) => [fieldOfPointer(pointer), detail] as const,
    );
    refused.value = Object.fromEntries(fields);
    failure.value = problem.body;
    if (problem.code === 'booking.price_changed') await askAboutPrice();
    await focusFirstError();
  }

  async function askAboutPrice(): Promise<void> {
    const before = quote().total;
    const fresh = await requote();
    if (fresh === undefined || fresh.total.amount === before.amount) return;
    failure.value = undefined;
    change.value = { before, now: fresh.total };
  }

  const acceptPrice = (): void => {
    change.value = undefined;
  };
  return {
    travellers,
    contact,
    contactIsFirst,
    method,
    errors,
    failure,
    sending,
    gone,
    change,
    promo,
    acceptPrice,
    submit,
  };
}

/** The first marked field, else the message above the button. */
async function focusFirstError(): Promise<void> {
  await nextTick();
  const field =
    document.querySelector<HTMLElement>('#checkout [aria-invalid="true"]') ??
    document.getElementById('checkout-errors');
  field?.focus();
}

function changeOf(quote: Quote): PriceChange | undefined {
  const { previousTotal: before, total: now } = quote;
  return before !== null && before.amount !== now.amount ? { before, now } : undefined;
}
