import type { BonusCampaignView } from './schema.ts';

/** Where a campaign stands on a day. Pure. */
export function stateOf(
  { state, startsOn, endsOn }: { state: 'active' | 'withdrawn'; startsOn: string; endsOn: string | null },
  day: string,
): BonusCampaignView['state'] {
  if (state === 'withdrawn') return 'withdrawn';
  if (day < startsOn) return 'planned';
  return endsOn !== null && endsOn < day ? 'ended' : 'running';
}
