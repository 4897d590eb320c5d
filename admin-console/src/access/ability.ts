import { Ability } from '@casl/ability';
import type { PackRule } from '@casl/ability/extra';
import { unpackRules } from '@casl/ability/extra';
import type { RawRuleOf } from '@casl/ability';

export type AppAbility = Ability<[string, string]>;
type AppRule = RawRuleOf<AppAbility>;
/** Which actions on which subjects at all. Conditions stay at the server: what may be done with one thing, its own answer says. */
export type PackedRules = PackRule<AppRule>[];

/** The ability `GET /auth/session` describes. Only what to show is decided with it; the server decides what happens. */
export const abilityOf = (rules: PackedRules): AppAbility => new Ability(unpackRules<AppRule>(rules));
