import type { NetworkLimits } from '../../api/agencies.ts';

/** The limits as a form holds them: numbers as typed, empty for no limit. */
export type LimitValues = Omit<NetworkLimits, 'maxDirect' | 'maxTotal' | 'maxLevels'> & {
  maxDirect: string;
  maxTotal: string;
  maxLevels: string;
};
const COUNTS = ['maxDirect', 'maxTotal', 'maxLevels'] as const;

const typed = (count: number | null): string => (count === null ? '' : String(count));

export const valuesOfLimits = ({ maxDirect, maxTotal, maxLevels, ...rest }: NetworkLimits): LimitValues => ({
  ...rest,
  maxDirect: typed(maxDirect),
  maxTotal: typed(maxTotal),
  maxLevels: typed(maxLevels),
});

/** Fields that hold no whole number, or no amount. */
export const faultyLimits = (values: LimitValues): string[] => [
  ...COUNTS.filter((name) => !/^\d{0,6}$/.test(values[name])),
  ...(values.maxCreditMinor !== null && Number.isNaN(values.maxCreditMinor) ? ['maxCreditMinor'] : []),
];

const counted = (text: string): number | null => (text === '' ? null : Number(text));

export const limitsOfValues = ({ maxDirect, maxTotal, maxLevels, ...rest }: LimitValues): NetworkLimits => ({
  ...rest,
  maxDirect: counted(maxDirect),
  maxTotal: counted(maxTotal),
  maxLevels: counted(maxLevels),
});
