/** `reduced`: the rate of hotel stays and passenger transport where the country has one. */
export type RateCategory = 'standard' | 'reduced';

export interface VatRate {
  /** ISO 3166. */
  readonly country: string;
  readonly category: RateCategory;
  readonly basisPoints: number;
  /** First day it applied (ISO date). */
  readonly validFrom: string;
}

/** Country, category, basis points, first day. Sources: the European Commission's "Taxes in Europe" database, the countries' own acts. */
const TABLE = `
AT standard 2000 1984-01-01
BE standard 2100 1996-01-01
BG standard 2000 1999-01-01
CY standard 1900 2014-01-13
CZ standard 2100 2013-01-01
DE standard 1900 2007-01-01
DE standard 1600 2020-07-01
DE standard 1900 2021-01-01
DE reduced 700 2021-01-01
DK standard 2500 1992-01-01
EE standard 2000 2009-07-01
EE standard 2200 2024-01-01
EE standard 2400 2025-07-01
ES standard 1800 2010-07-01
ES standard 2100 2012-09-01
ES reduced 800 2010-07-01
ES reduced 1000 2012-09-01
FI standard 2400 2013-01-01
FI standard 2550 2024-09-01
FR standard 2000 2014-01-01
FR reduced 1000 2014-01-01
GR standard 2400 2016-06-01
HR standard 2500 2012-03-01
HU standard 2700 2012-01-01
IE standard 2300 2012-01-01
IE standard 2100 2020-09-01
IE standard 2300 2021-03-01
IT standard 2200 2013-10-01
IT reduced 1000 1995-02-24
LT standard 2100 2009-09-01
LU standard 1700 2015-01-01
LU standard 1600 2023-01-01
LU standard 1700 2024-01-01
LV standard 2100 2012-07-01
MT standard 1800 2004-01-01
NL standard 2100 2012-10-01
PL standard 2300 2011-01-01
PT standard 2300 2011-01-01
PT reduced 600 2011-01-01
RO standard 1900 2017-01-01
RO standard 2100 2025-08-01
SE standard 2500 1990-07-01
SI standard 2200 2013-07-01
SK standard 2000 2011-01-01
SK standard 2300 2025-01-01
`;

export const VAT_RATES: readonly VatRate[] = TABLE.trim()
  .split('\n')
  .map((row) => {
    const [country = '', category, basisPoints, validFrom = ''] = row.split(' ');
    return { country, category: category as RateCategory, basisPoints: Number(basisPoints), validFrom };
  });

/** The member states; places in them belong to the Union's VAT territory, but for the exceptions of `trip-share.ts`. */
export const UNION: ReadonlySet<string> = new Set(VAT_RATES.map((rate) => rate.country));

/** The rate (basis points) of a country on a day (ISO date); undefined where the table has none: no rate, no tax, never a guess. */
export function vatRateOn(country: string, category: RateCategory, day: string): number | undefined {
  return VAT_RATES.filter(
    (rate) => rate.country === country && rate.category === category && rate.validFrom <= day,
  ).reduce<VatRate | undefined>(
    (latest, rate) => (latest && latest.validFrom > rate.validFrom ? latest : rate),
    undefined,
  )?.basisPoints;
}
