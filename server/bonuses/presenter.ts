import { stateOf } from './campaign-state.ts';
import { addDays } from './period.ts';
import type { AgencyBonus, Progress } from './read-progress.ts';
import type { AccrualRow, CampaignRow } from './repository.ts';
import type { AgencyBonusView, BonusCampaignView } from './schema.ts';

export const presentCampaign = (row: CampaignRow, today: string): BonusCampaignView => ({
  ...row,
  state: stateOf(row, today),
  createdAt: row.createdAt.toISOString(),
});

export function presentProgress({ period, state, outcome, paidMinor }: Progress, currency: string) {
  const money = (amount: number) => ({ amount, currency });
  return {
    startsOn: period.startsOn,
    endsOn: addDays(period.endsBefore, -1),
    state,
    bookings: outcome.bookings,
    volume: money(outcome.volumeMinor),
    earned: money(outcome.amountMinor),
    paid: paidMinor === null ? null : money(paidMinor),
    reached: outcome.reached,
    measured: outcome.measured,
    next: outcome.next,
  };
}

const presentReckoned = (row: AccrualRow, currency: string) => ({
  startsOn: row.startsOn,
  endsOn: addDays(row.endsBefore, -1),
  state: 'reckoned' as const,
  bookings: row.bookings,
  volume: { amount: row.volumeMinor, currency },
  earned: { amount: row.earnedMinor, currency },
  paid: { amount: row.amountMinor, currency },
});

/** `withRates`: for the reseller and who buys from it. Of a rate and an amount others could reckon what their provider pays. */
export function presentAgencyBonus(
  { campaign, progress, days, history }: AgencyBonus,
  { today, withRates }: { today: string; withRates: boolean },
): AgencyBonusView {
  const { currency } = campaign;
  return {
    id: campaign.id,
    name: campaign.name,
    period: campaign.period,
    startsOn: campaign.startsOn,
    endsOn: campaign.endsOn,
    match: campaign.match,
    basis: campaign.basis,
    measure: campaign.measure,
    mode: campaign.mode,
    overlap: campaign.overlap,
    steps: campaign.steps.map(({ above, reward }) => ({
      above,
      reward: withRates || reward.kind === 'fixed' ? reward : null,
    })),
    cap: campaign.capMinor === null ? null : { amount: campaign.capMinor, currency },
    state: stateOf(campaign, today),
    progress: progress && { ...presentProgress(progress, currency), days },
    history: history.map((row) => presentReckoned(row, currency)),
  };
}
