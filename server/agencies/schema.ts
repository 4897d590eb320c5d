import { z } from 'zod';
import { Instant, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

export const AgencyState = z.enum(['applied', 'under_review', 'approved', 'rejected', 'suspended']);
export type AgencyState = z.infer<typeof AgencyState>;
export const Tier = z.enum(['bronze', 'silver', 'gold', 'platinum']);
export type Tier = z.infer<typeof Tier>;

const name = z.string().trim().min(2).max(120);
const text = (max: number) => z.string().trim().max(max);
const email = z.email().max(254);

export const AgencyView = z
  .object({
    id: Uuid,
    /** Null: directly below the reseller. */
    parentId: Uuid.nullable(),
    /** 1: directly below the reseller. */
    depth: z.number().int(),
    name: z.string(),
    legalName: z.string().nullable(),
    taxId: z.string().nullable(),
    email: z.string().nullable(),
    state: AgencyState,
    /** In its parent's eyes. */
    tier: Tier,
    /** Agencies directly below this one. */
    childCount: z.number().int(),
    /** What the reader may do with it, so that a form need not guess. */
    may: z.object({
      edit: z.boolean(),
      setState: z.boolean(),
      /** Let it in or refuse it, while it waits for the reseller. */
      decide: z.boolean(),
      setTier: z.boolean(),
      addChild: z.boolean(),
      invite: z.boolean(),
    }),
    createdAt: Instant,
    updatedAt: Instant,
    /** Send it back as `If-Match: "<version>"` when you change the agency. */
    version: z.number().int(),
  })
  .openapi('Agency');
export type AgencyView = z.infer<typeof AgencyView>;
export const AgencyList = pageOf(AgencyView).openapi('AgencyPage');

export const AGENCY_SORTS = ['name', '-name', 'createdAt', '-createdAt', 'state', '-state', 'tier', '-tier'] as const;
export const AgencyQuery = PageQuery.extend({
  /** Children of this agency; `none`: those directly below the reseller. */
  parentId: z.union([Uuid, z.literal('none')]).optional(),
  state: AgencyState.optional(),
  tier: Tier.optional(),
  /** Part of the name, legal name, e-mail or tax id. */
  search: z.string().trim().max(80).optional(),
  sort: z.enum(AGENCY_SORTS).default('name'),
}).strict();
export type AgencyQuery = z.infer<typeof AgencyQuery>;

export const AgencyCreate = z
  .strictObject({
    /** Null or left out: directly below the reseller, which only the reseller may do. */
    parentId: Uuid.nullable().default(null),
    name,
    legalName: text(160).nullable().default(null),
    taxId: text(40).nullable().default(null),
    email: email.nullable().default(null),
    tier: Tier.default('bronze'),
  })
  .openapi('AgencyCreate');
export type AgencyCreate = z.infer<typeof AgencyCreate>;

export const AgencyChange = z
  .strictObject({
    name: name.optional(),
    legalName: text(160).nullable().optional(),
    taxId: text(40).nullable().optional(),
    email: email.nullable().optional(),
    /**
     * Only by a level above: `suspended` stops it and all below it from selling, `approved` lets them again. One that waits for the reseller
     * is `approved` or `rejected` by the reseller.
     */
    state: z.enum(['approved', 'suspended', 'rejected']).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'name at least one field to change',
  })
  .openapi('AgencyChange');
export type AgencyChange = z.infer<typeof AgencyChange>;

export const TierChange = z.strictObject({ tier: Tier }).openapi('AgencyTierChange');
export type TierChange = z.infer<typeof TierChange>;

export const AgencyInvitationCreate = z
  .strictObject({ email, role: z.enum(['agency_admin', 'agent']) })
  .openapi('AgencyInvitationCreate');
export type AgencyInvitationCreate = z.infer<typeof AgencyInvitationCreate>;

export const AgencyInvitationView = z
  .object({ id: Uuid, email: z.string(), role: z.enum(['agency_admin', 'agent']), agencyId: Uuid, expiresAt: Instant })
  .openapi('AgencyInvitation');
