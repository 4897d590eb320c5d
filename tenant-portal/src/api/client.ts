import { ApiProblem, problemOf, UNREACHABLE } from './problem.ts';
import type { ApiRequest, ApiTransport } from '../contract.ts';
import type * as Api from './types.ts';

export type ApiClient = ReturnType<typeof createApiClient>;

type Query = Record<string, string | undefined>;

function cleanQuery(query: Query): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** The portal's calls, the same on the server and in the browser: only the transport differs. Errors are `ApiProblem`. */
export function createApiClient(transport: ApiTransport) {
  async function call<T>(request: ApiRequest): Promise<T> {
    let answer;
    try {
      answer = await transport(request);
    } catch {
      throw new ApiProblem({ status: 0, code: UNREACHABLE });
    }
    if (answer.status < 200 || answer.status >= 300) throw problemOf(answer.status, answer.body);
    return answer.body as T;
  }
  const get = <T>(path: string, query: Query = {}) => call<T>({ method: 'GET', path, query: cleanQuery(query) });
  const post = <T>(path: string, body: unknown, extra: Partial<ApiRequest> = {}) =>
    call<T>({ method: 'POST', path, body, ...extra });
  const once = (key: string) => ({ headers: { 'idempotency-key': key } });
  const segment = encodeURIComponent;

  return {
    applyToSell: (application: Api.PartnerApplicationCreate) => post<unknown>('/agency-applications', application),
    readApplication: (access: string) => get<Api.PartnerApplication>('/agency-applications/own', { access }),
    changeApplication: (access: string, body: Api.PartnerDetailsInput) =>
      call<Api.PartnerApplication>({ method: 'PUT', path: '/agency-applications/own', query: { access }, body }),
    addDocument: (access: string, form: FormData) =>
      post<Api.PartnerApplication>('/agency-applications/own/documents', form, { query: { access } }),
    removeDocument: (access: string, id: string) =>
      call<Api.PartnerApplication>({
        method: 'DELETE',
        path: `/agency-applications/own/documents/${segment(id)}`,
        query: { access },
      }),
    sendApplication: (access: string) =>
      post<Api.PartnerApplication>('/agency-applications/own/submission', {}, { query: { access } }),
    findPlaces: (query: string, limit = 8) => get<{ data: Api.Place[] }>('/places', { query, limit: String(limit) }),
    searchFlights: (criteria: Api.FlightSearchCreate) => post<Api.FlightSearch>('/flights/searches', criteria),
    readFlightSearch: (id: string, query: Query) => get<Api.FlightSearch>(`/flights/searches/${segment(id)}`, query),
    quoteFlight: (offerId: string) => get<Api.Quote>(`/flights/offers/${segment(offerId)}`),
    searchHotels: (criteria: Api.HotelSearchCreate) => post<Api.HotelSearch>('/hotels/searches', criteria),
    readHotelSearch: (id: string, query: Query) => get<Api.HotelSearch>(`/hotels/searches/${segment(id)}`, query),
    readHotel: (id: string, searchId: string) => get<Api.HotelDetail>(`/hotels/${segment(id)}`, { searchId }),
    quoteStay: (offerId: string) => post<Api.Quote>('/hotels/quotes', { offerId }),
    checkPromoCodes: (input: { quoteId: string; promoCodes: string[]; email?: string }) =>
      post<Api.PromoCheck>('/promo-codes/check', input),
    createBooking: (booking: Api.BookingCreate, key: string) => post<Api.Booking>('/bookings', booking, once(key)),
    readBooking: (reference: string, access?: string) =>
      get<Api.Booking>(`/bookings/${segment(reference)}`, { access }),
    eraseAccount: (confirm: string) => post<{ id: string; erasedAt: string }>('/me/erasure', { confirm }),
    listCards: () => get<{ data: Api.SavedCard[] }>('/me/cards'),
    removeCard: (id: string) => call<unknown>({ method: 'DELETE', path: `/me/cards/${segment(id)}` }),
    listBookings: (cursor?: string) => get<Api.Page<Api.BookingSummary>>('/bookings', { cursor, limit: '20' }),
    payBooking: (id: string, access: string | undefined, key: string) =>
      post<Api.Payment | Api.Booking>(
        `/bookings/${segment(id)}/payments`,
        { method: 'card' },
        { ...once(key), query: cleanQuery({ access }) },
      ),
    readPaymentLink: (access: string) => get<Api.PaymentLinkPage>('/payment-links/own', { access }),
    payByLink: (access: string, key: string) =>
      post<Api.PaymentLinkPage>('/payment-links/own/payments', undefined, { ...once(key), query: { access } }),
    readSentPaymentLink: (id: string) => get<Api.PaymentLink>(`/bookings/${segment(id)}/payment-link`),
    sendPaymentLink: (id: string) => post<Api.PaymentLink>(`/bookings/${segment(id)}/payment-link`, undefined),
    withdrawPaymentLink: (id: string) =>
      call<unknown>({ method: 'DELETE', path: `/bookings/${segment(id)}/payment-link` }),
    quoteCancellation: (id: string, access?: string) =>
      post<Api.CancellationQuote>(
        `/bookings/${segment(id)}/cancellation-quotes`,
        {},
        { query: cleanQuery({ access }) },
      ),
    confirmCancellation: (quoteId: string, access: string | undefined, key: string) =>
      post<Api.Booking>(
        `/cancellation-quotes/${segment(quoteId)}/confirm`,
        {},
        { ...once(key), query: cleanQuery({ access }) },
      ),
  };
}
