import type { Actor } from '../kernel/http/actor.ts';
import type { BuildUp } from '../pricing/index.ts';

/** Level of the chain an actor reads as: `null` the reseller, an agency's id, or undefined for those who see no earnings. */
export function levelOf(actor: Actor, buildUp: BuildUp): string | null | undefined {
  const inChain = buildUp.levels.some((level) => level.agencyId === actor.agencyId);
  return inChain ? actor.agencyId : undefined;
}
