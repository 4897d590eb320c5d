import { defineProblem } from '../../kernel/errors.ts';
import type { Limit } from './limits.ts';

const SENTENCES: Record<Limit, (who: string) => string> = {
  not_allowed: (who) => `${who} may not take in agencies.`,
  direct: (who) => `${who} has as many agencies directly below it as it may have.`,
  total: (who) => `${who} has as many agencies below it, at all levels, as it may have.`,
  levels: (who) => `The network of ${who} may not go that many levels down.`,
};

export const LimitReached = defineProblem({
  code: 'agencies.limit_reached',
  status: 409,
  title: 'There is no place for another agency',
  /** Without a name where the limit is of a level above the reader. */
  detail: (x: { limit: Limit; name: string | null }) =>
    `${x.name === null ? 'A level above you has no place left.' : SENTENCES[x.limit](x.name)} Ask your provider for more.`,
  extensions: (x) => ({ limit: x.name === null ? 'above' : x.limit }),
});
export const TierNotGiven = defineProblem({
  code: 'agencies.tier_not_given',
  status: 409,
  title: 'This tier is not yours to give',
  detail: (x: { tier: string; tiers: readonly string[] }) =>
    `Agencies below yours may have the tiers ${x.tiers.join(', ')}, not ${x.tier}. Choose another, or ask your provider.`,
  extensions: (x) => ({ tiers: x.tiers }),
});
export const OnlyReseller = defineProblem({
  code: 'agencies.only_reseller',
  status: 403,
  title: 'Only the reseller may do this',
  detail: (x: { what: string }) => `${x.what} by the reseller only. Ask your provider.`,
});
