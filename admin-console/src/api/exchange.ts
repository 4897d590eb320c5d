import type { Http } from './http.ts';

export type ExchangeRate = {
  currency: string;
  /** Decimal text: one unit of the currency in the selling currency. */
  mid: string;
  source: string;
  at: string;
  state: 'fresh' | 'stale';
  sampleMinor: number;
};
export type ExchangeSettings = { spreadBp: number; maxAgeHours: number; takesFeed: boolean };
export type Exchange = {
  sellingCurrency: string;
  settings: ExchangeSettings & { version: number };
  hasFeed: boolean;
  data: ExchangeRate[];
  leftOut: { currency: string; offers: number; reason: 'no_rate' | 'stale_rate' }[];
};
export type RatesImportResult = {
  dryRun: boolean;
  rates: number;
  errors: { line: number; column: string | null; code: string; detail: string }[];
};
/** How a price came out of the supplier's currency. */
export type FrozenExchange = {
  net: { amount: number; currency: string };
  mid: string;
  spreadBp: number;
  source: string;
  at: string;
  earningMinor: number;
};

const at = (currency: string) => `/exchange-rates/${encodeURIComponent(currency)}`;

export const createExchangeApi = (http: Http) => ({
  read: () => http.get<Exchange>('/exchange-rates'),
  put: (currency: string, rate: { mid: string; source: string }) => http.put<Exchange>(at(currency), rate),
  remove: (currency: string) => http.delete(at(currency)),
  importCsv: (csv: string, dryRun: boolean) => http.post<RatesImportResult>('/exchange-rates/import', { csv, dryRun }),
  changeSettings: (settings: ExchangeSettings, version: number) =>
    http.put<ExchangeSettings>('/exchange-settings', settings, { version }),
});
