import type { PromoCode, PromoInput } from '../../api/promos.ts';
import { RULE_ALIASES, ruleOf, valuesOf, type RuleValues } from '../pricing/rule-values.ts';

/** A code's conditions and days of sale are those of a markup rule, and its form has that form's fields for them. */
export type PromoValues = RuleValues & {
  code: string;
  capMinor: number | null;
  minTotalMinor: number | null;
  maxUses: number | string;
  maxPerCustomer: number | string;
  resellerBp: number | null;
  stacksWithRules: boolean;
  combinable: boolean;
  isActive: boolean;
};

export function promoValuesOf(promo: PromoCode | null): PromoValues {
  const value = promo?.value;
  const conditions = valuesOf(
    promo && {
      id: promo.id,
      ownerAgencyId: promo.ownerAgencyId,
      currency: promo.currency,
      createdAt: promo.createdAt,
      updatedAt: promo.createdAt,
      version: promo.version,
      name: promo.name,
      match: promo.match,
      value:
        promo.value.kind === 'percent'
          ? { kind: 'percent', basisPoints: promo.value.basisPoints, of: 'total' }
          : { kind: 'fixed', amountMinor: promo.value.amountMinor, per: 'booking' },
      minMinor: null,
      maxMinor: null,
      stack: false,
      priority: 0,
      validFrom: promo.saleFrom,
      validTo: promo.saleTo,
    },
  );
  return {
    ...conditions,
    code: promo?.code ?? '',
    capMinor: value?.kind === 'percent' ? value.capMinor : null,
    minTotalMinor: promo?.minTotalMinor ?? 0,
    maxUses: promo?.maxUses ?? '',
    maxPerCustomer: promo?.maxPerCustomer ?? '',
    resellerBp: promo?.resellerBp ?? 10_000,
    stacksWithRules: promo?.stacksWithRules ?? true,
    combinable: promo?.combinable ?? false,
    isActive: promo ? promo.state === 'active' : true,
  };
}

/** Neither empty nor a text that is no number, which the fields of numbers give as NaN. */
const isGiven = (value: number | null): value is number => value !== null && !Number.isNaN(value);
const isAboveZero = (value: number | null): boolean => isGiven(value) && value > 0;

/** Faults to show before sending: field → key of its sentence. Only an empty cap means none. */
export function faultsOf(values: PromoValues): Partial<Record<keyof PromoValues, string>> {
  const { kind, basisPoints, amountMinor, capMinor, minTotalMinor, resellerBp } = values;
  return {
    ...(/^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$/.test(values.code.trim()) ? {} : { code: 'promos.codeFault' }),
    ...(values.name.trim() === '' ? { name: 'form.required' } : {}),
    ...(kind === 'percent' && !isAboveZero(basisPoints) ? { basisPoints: 'form.rate' } : {}),
    ...(kind === 'percent' && Number.isNaN(capMinor) ? { capMinor: 'form.amount' } : {}),
    ...(kind === 'fixed' && !isAboveZero(amountMinor) ? { amountMinor: 'form.amount' } : {}),
    ...(isGiven(minTotalMinor) ? {} : { minTotalMinor: 'form.amount' }),
    ...(isGiven(resellerBp) ? {} : { resellerBp: 'form.rate' }),
  };
}

const numberOf = (value: number | string): number | null => (value === '' ? null : Number(value));

export function promoOf(values: PromoValues, before: PromoCode | null): PromoInput {
  const { name, match, validFrom, validTo } = ruleOf(values, before?.match);
  return {
    code: values.code.trim(),
    name,
    value:
      values.kind === 'percent'
        ? { kind: 'percent', basisPoints: values.basisPoints ?? 0, capMinor: values.capMinor }
        : { kind: 'fixed', amountMinor: values.amountMinor ?? 0 },
    match,
    saleFrom: validFrom,
    saleTo: validTo,
    minTotalMinor: values.minTotalMinor ?? 0,
    maxUses: numberOf(values.maxUses),
    maxPerCustomer: numberOf(values.maxPerCustomer),
    resellerBp: values.resellerBp ?? 0,
    stacksWithRules: values.stacksWithRules,
    combinable: values.combinable,
    state: values.isActive ? 'active' : 'paused',
  };
}

export const PROMO_ALIASES = {
  ...RULE_ALIASES,
  'value.capMinor': 'capMinor',
  saleFrom: 'validFrom',
  saleTo: 'validTo',
};
