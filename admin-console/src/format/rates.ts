import { regionOf, shiftPoint } from './money.ts';

/** Basis points as a percentage: 850 → "8.5%". */
export const formatRate = (basisPoints: number, locale: string): string =>
  `${new Intl.NumberFormat(regionOf(locale), { maximumFractionDigits: 2 }).format(shiftPoint(basisPoints, 2))} %`;
