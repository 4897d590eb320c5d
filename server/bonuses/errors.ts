import { defineProblem } from '../kernel/errors.ts';

export const BonusCampaignBegun = defineProblem({
  code: 'bonus.campaign_begun',
  status: 409,
  title: 'The campaign has begun',
  detail: () =>
    'Agencies sell by what was promised: only its name and its end can still be changed. Close it and make another one.',
});
export const BonusCampaignOver = defineProblem({
  code: 'bonus.campaign_over',
  status: 409,
  title: 'The campaign is over',
  detail: () => 'Only the name of a campaign that ended or was withdrawn can be changed. Make another one.',
});
