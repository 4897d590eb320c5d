/** What Stripe says of a connected account, as it is kept here. */
export interface ConnectedAccount {
  readonly id: string;
  /** Null: the reseller's own. */
  readonly agencyId: string | null;
  /** Stripe's id, `acct_…`. */
  readonly accountId: string;
  readonly isUsed: boolean;
  readonly detailsSubmitted: boolean;
  readonly chargesEnabled: boolean;
  readonly payoutsEnabled: boolean;
  readonly transfersActive: boolean;
  /** Stripe's codes of what is due now. */
  readonly requirements: readonly string[];
  readonly disabledReason: string | null;
  readonly refreshedAt: Date;
}

export type AccountFacts = Pick<
  ConnectedAccount,
  'detailsSubmitted' | 'chargesEnabled' | 'payoutsEnabled' | 'transfersActive' | 'requirements' | 'disabledReason'
>;

export const ACCOUNT_STATES = ['none', 'incomplete', 'restricted', 'ready'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** How far an account is: whether it may do what it is for. */
export function stateOf(account: (AccountFacts & Pick<ConnectedAccount, 'agencyId'>) | undefined): AccountState {
  if (!account) return 'none';
  if (!account.detailsSubmitted) return 'incomplete';
  const isReady =
    account.agencyId === null ? account.chargesEnabled : account.transfersActive && account.payoutsEnabled;
  return isReady ? 'ready' : 'restricted';
}

export const REQUIREMENT_TOPICS = [
  'bank_account',
  'identity_document',
  'person',
  'company',
  'business',
  'terms',
  'other',
] as const;
export type RequirementTopic = (typeof REQUIREMENT_TOPICS)[number];

const TOPICS: readonly [RegExp, RequirementTopic][] = [
  [/^external_account/, 'bank_account'],
  [/verification\.(additional_)?document/, 'identity_document'],
  [/^(individual|person_|persons|representative|owners|directors|executives)/, 'person'],
  [/^company/, 'company'],
  [/^business_/, 'business'],
  [/^tos_acceptance/, 'terms'],
];

/** What is due, each topic once, in the order of the list above. */
export function topicsOf(requirements: readonly string[]): RequirementTopic[] {
  const found = new Set(requirements.map((code) => TOPICS.find(([pattern]) => pattern.test(code))?.[1] ?? 'other'));
  return REQUIREMENT_TOPICS.filter((topic) => found.has(topic));
}
