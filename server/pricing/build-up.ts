import type { FrozenExchange } from './exchange/exchange-table.ts';
import type { ParityResult } from './parity.ts';

/**
 * The frozen record of how a price came about. Every figure is an integer in minor units of `currency`.
 * It holds the figures of every level, so it stays inside the server: what a level may see comes from viewBuildUp.
 */
export interface BuildUp {
  readonly currency: string;
  readonly net: { readonly base: number; readonly taxes: number; readonly total: number };
  /** Given where the supplier asks in another currency; `net` is what it comes to, spread included. */
  readonly fx?: FrozenExchange;
  readonly platformFee: PlatformFeeShare;
  /** From the reseller (first) to the seller (last). */
  readonly levels: readonly LevelBuildUp[];
  /** What commission is reckoned on: the reseller price less taxes, never below zero. */
  readonly commissionable: number;
  /** Reseller price − net − platform fee − commissions; negative when the guard allows it. */
  readonly resellerMargin: number;
  readonly guard: MarginGuardResult;
  /** Given where the supplier suggests a selling price. */
  readonly parity?: ParityResult;
  readonly customerTotal: number;
  /** Codes the customer typed; every figure above is net of them. */
  readonly promo?: readonly PromoDiscount[];
}

/** What one code took off, and who bears it; the shares sum to the amount. */
export interface PromoDiscount {
  readonly codeId: string;
  readonly code: string;
  readonly amount: number;
  readonly shares: { readonly reseller: number; readonly seller: number };
}

export interface PlatformFeeShare {
  readonly amount: number;
  /** Given up by the operator for the reseller's own tier; amount is already net of it. */
  readonly discount: number;
  /** `margin`: paid out of the reseller's margin. `price`: added to the net before the reseller marks up. */
  readonly paidFrom: 'margin' | 'price';
}

export interface UsedRule {
  readonly id: string;
  readonly version: number;
  /** Markup this rule gave before the child's tier discount. */
  readonly amount: number;
}

export interface LevelBuildUp {
  /** null is the reseller. */
  readonly agencyId: string | null;
  readonly buyPrice: number;
  readonly markup: number;
  /** Given up on the rules' markup for the child's tier; markup is already net of it. */
  readonly tierDiscount: number;
  readonly sellPrice: number;
  readonly rules: readonly UsedRule[];
  /** The level's tier in its parent's eyes, locked here; null for the reseller and for a child without one. */
  readonly tier: string | null;
  readonly commissionRateBp: number;
  readonly commission: number;
}

export type MarginGuardMode = 'capped' | 'blocked' | 'allowed';

export interface MarginGuardResult {
  readonly mode: MarginGuardMode;
  /** `blocked` means: do not offer this for sale. */
  readonly outcome: 'kept' | MarginGuardMode;
  readonly floor: number;
  readonly marginBefore: number;
  /** Commission taken away to keep the floor. */
  readonly commissionCut: number;
}
