import type { Tier } from '../../api/agencies.ts';
import type { BonusAudience, BonusCampaign, BonusInput } from '../../api/bonuses.ts';
import { RULE_ALIASES, ruleOf, valuesOf, type RuleValues } from '../pricing/rule-values.ts';

export type StepValues = {
  /** Of a count as it is typed, of volume in minor units. */
  above: number | string | null;
  kind: 'rate' | 'fixed';
  basisPoints: number | null;
  amountMinor: number | null;
};
/** The conditions are those of a markup rule, and the form has that form's fields for them. */
export type BonusValues = Omit<RuleValues, 'kind'> & {
  kind: RuleValues['kind'];
  period: BonusInput['period'];
  startsOn: string;
  endsOn: string;
  audience: BonusAudience['kind'];
  tiers: Tier[];
  below: string;
  chosen: string[];
  basis: BonusInput['basis'];
  measure: BonusInput['measure'];
  mode: BonusInput['mode'];
  steps: StepValues[];
  capMinor: number | null;
  overlap: BonusInput['overlap'];
  graceDays: number | string;
};

export const emptyStep = (): StepValues => ({ above: null, kind: 'rate', basisPoints: null, amountMinor: null });

export function bonusValuesOf(campaign: BonusCampaign | null, today: string): BonusValues {
  const audience = campaign?.audience;
  const conditions = valuesOf(
    campaign && {
      id: campaign.id,
      ownerAgencyId: null,
      currency: campaign.currency,
      version: campaign.version,
      createdAt: campaign.createdAt,
      updatedAt: campaign.createdAt,
      name: campaign.name,
      match: campaign.match,
      value: { kind: 'percent', basisPoints: 0, of: 'total' },
      minMinor: null,
      maxMinor: null,
      stack: false,
      priority: 0,
      validFrom: null,
      validTo: null,
    },
  );
  return {
    ...conditions,
    period: campaign?.period ?? 'month',
    startsOn: campaign?.startsOn ?? today,
    endsOn: campaign?.endsOn ?? '',
    audience: audience?.kind ?? 'all',
    tiers: audience?.kind === 'tier' ? audience.tiers : [],
    below: audience?.kind === 'subtree' ? audience.agencyId : '',
    chosen: audience?.kind === 'chosen' ? audience.agencyIds : [],
    basis: campaign?.basis ?? 'confirmed',
    measure: campaign?.measure ?? 'bookings',
    mode: campaign?.mode ?? 'retroactive',
    steps: campaign
      ? campaign.steps.map(({ above, reward }) => ({
          above,
          kind: reward.kind,
          basisPoints: reward.kind === 'rate' ? reward.basisPoints : null,
          amountMinor: reward.kind === 'fixed' ? reward.amountMinor : null,
        }))
      : [emptyStep()],
    capMinor: campaign?.capMinor ?? null,
    overlap: campaign?.overlap ?? 'stack',
    graceDays: campaign?.graceDays ?? 3,
  };
}

const isGiven = (value: number | string | null): boolean => value !== null && value !== '' && !Number.isNaN(value);
const isAboveZero = (value: number | null): boolean => isGiven(value) && (value ?? 0) > 0;

/** Faults to show before sending: field → key of its sentence. */
export function bonusFaults(values: BonusValues): Record<string, string> {
  const faults: Record<string, string> = {};
  if (values.name.trim() === '') faults['name'] = 'form.required';
  if (values.startsOn === '') faults['startsOn'] = 'form.required';
  if (values.period === 'range' && values.endsOn === '') faults['endsOn'] = 'form.required';
  if (values.audience === 'tier' && values.tiers.length === 0) faults['tiers'] = 'form.required';
  if (values.audience === 'subtree' && values.below === '') faults['below'] = 'form.required';
  if (values.audience === 'chosen' && values.chosen.length === 0) faults['chosen'] = 'form.required';
  if (Number.isNaN(values.capMinor)) faults['capMinor'] = 'form.amount';
  for (const [at, { above, kind, basisPoints, amountMinor }] of values.steps.entries()) {
    if (!isGiven(above)) faults[`steps.${at}.above`] = 'form.required';
    if (kind === 'rate' && !isAboveZero(basisPoints)) faults[`steps.${at}.basisPoints`] = 'form.rate';
    if (kind === 'fixed' && !isAboveZero(amountMinor)) faults[`steps.${at}.amountMinor`] = 'form.amount';
  }
  return faults;
}

function audienceOf({ audience, tiers, below, chosen }: BonusValues): BonusAudience {
  if (audience === 'tier') return { kind: audience, tiers };
  if (audience === 'subtree') return { kind: audience, agencyId: below };
  return audience === 'chosen' ? { kind: audience, agencyIds: chosen } : { kind: audience };
}

export function bonusOf(values: BonusValues, before: BonusCampaign | null): BonusInput {
  const { name, match } = ruleOf(values, before?.match);
  return {
    name,
    match,
    period: values.period,
    startsOn: values.startsOn,
    audience: audienceOf(values),
    endsOn: values.endsOn === '' ? null : values.endsOn,
    basis: values.basis,
    measure: values.measure,
    mode: values.mode,
    overlap: values.overlap,
    capMinor: values.capMinor,
    graceDays: Number(values.graceDays),
    steps: values.steps.map(({ above, kind, basisPoints, amountMinor }) => ({
      above: Number(above),
      reward: kind === 'rate' ? { kind, basisPoints: basisPoints ?? 0 } : { kind, amountMinor: amountMinor ?? 0 },
    })),
  };
}

export const BONUS_ALIASES: Readonly<Record<string, string>> = {
  ...RULE_ALIASES,
  'audience.tiers': 'tiers',
  'audience.agencyId': 'below',
  'audience.agencyIds': 'chosen',
};
