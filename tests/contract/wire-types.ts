/**
 * The portals write down what they read of the API; the server declares what it sends. They share no code, so the compiler holds them
 * together here: everything the server answers must fit what a portal expects, everything a portal sends must fit what the server takes.
 * A difference is a type error of `npm run check`.
 */
import type { z } from 'zod';
import type * as bookings from '../../server/bookings/schema.ts';
import type * as search from '../../server/search/schema.ts';
import type * as agencies from '../../server/agencies/schema.ts';
import type * as foreign from '../../server/wallets/foreign/schema.ts';
import type * as topUps from '../../server/wallets/top-ups/schema.ts';
import type * as wallets from '../../server/wallets/schema.ts';
import type * as ledger from '../../server/ledger/schema.ts';
import type * as portal from '../../tenant-portal/src/api/types.ts';
import type * as consoleAgencies from '../../admin-console/src/api/agencies.ts';
import type * as consoleBookings from '../../admin-console/src/api/bookings.ts';
import type * as consoleMoney from '../../admin-console/src/api/money.ts';
import type * as consoleWallets from '../../admin-console/src/api/wallets.ts';
import type * as consoleCurrencies from '../../admin-console/src/api/wallet-currencies.ts';

/** `Sent` can be used wherever `Expected` is read. Optional members count as absent or present, never as undefined. */
type Fits<Sent extends Expected, Expected> = Sent;
type Answer<S extends z.ZodType> = z.output<S>;
type Taken<S extends z.ZodType> = z.input<S>;

export type PortalReads = [
  Fits<Answer<typeof search.PlaceView>, portal.Place>,
  Fits<Answer<typeof search.FlightSearchView>, portal.FlightSearch>,
  Fits<Answer<typeof search.HotelSearchView>, portal.HotelSearch>,
  Fits<Answer<typeof search.HotelDetailView>, portal.HotelDetail>,
  Fits<Answer<typeof search.QuoteView>, portal.Quote>,
  Fits<Answer<typeof bookings.BookingView>, portal.Booking>,
  Fits<Answer<typeof bookings.BookingSummaryView>, portal.BookingSummary>,
  Fits<Answer<typeof bookings.CancellationQuoteView>, portal.CancellationQuote>,
];

export type PortalSends = [
  Fits<portal.FlightSearchCreate, Taken<typeof search.FlightSearchCreate>>,
  Fits<portal.HotelSearchCreate, Taken<typeof search.HotelSearchCreate>>,
  Fits<portal.BookingCreate, Taken<typeof bookings.BookingCreate>>,
];

export type ConsoleReads = [
  Fits<Answer<typeof bookings.BookingView>, consoleBookings.Booking>,
  Fits<Answer<typeof bookings.BookingSummaryView>, consoleBookings.BookingSummary>,
  Fits<Answer<typeof bookings.TimelineView>, consoleBookings.Timeline>,
  Fits<Answer<typeof agencies.AgencyView>, consoleAgencies.Agency>,
  Fits<Answer<typeof wallets.WalletView>, consoleWallets.Wallet>,
  Fits<Answer<typeof wallets.WalletEntryView>, consoleWallets.WalletEntry>,
  Fits<Answer<typeof wallets.AgeingList>, consoleWallets.AgeingPage>,
  Fits<Answer<typeof topUps.TopUpView>, consoleWallets.TopUp>,
  Fits<Answer<typeof foreign.WalletCurrencyList>, consoleCurrencies.WalletCurrencies>,
  Fits<Answer<typeof foreign.ForeignBalancesView>, consoleCurrencies.ForeignBalances>,
  Fits<Answer<typeof foreign.ForeignEntryView>, consoleCurrencies.ForeignEntry>,
  Fits<Answer<typeof foreign.ExchangeView>, consoleCurrencies.WalletExchange>,
  Fits<Answer<typeof ledger.AccountView>, consoleMoney.Account>,
  Fits<Answer<typeof ledger.TrialBalanceView>, consoleMoney.TrialBalance>,
];

export type ConsoleSends = [
  Fits<consoleAgencies.AgencyCreate, Taken<typeof agencies.AgencyCreate>>,
  Fits<consoleWallets.Adjustment, Taken<typeof wallets.AdjustmentCreate>>,
  Fits<consoleWallets.TopUpCreate, Taken<typeof topUps.TopUpCreate>>,
];
