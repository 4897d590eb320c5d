import { z } from 'zod';
import { PERMISSION_NAMES } from '../../access/index.ts';
import { Instant, PageQuery, Uuid, pageOf } from '../../kernel/http/wire.ts';

const Permission = z.enum(PERMISSION_NAMES);
const name = z.string().trim().min(2).max(80);
const description = z.string().trim().max(300);
const permissions = z
  .array(Permission)
  .max(PERMISSION_NAMES.length)
  .transform((names) => PERMISSION_NAMES.filter((one) => names.includes(one)));

export const PermissionSetView = z
  .object({
    id: Uuid,
    name: z.string(),
    description: z.string(),
    permissions: z.array(Permission),
    /** People who have it. */
    peopleCount: z.number().int(),
    /** Whether the reader has all of its permissions, and so may give it to others. */
    mayGive: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
    /** Send it back as `If-Match: "<version>"` when you change or delete the set. */
    version: z.number().int(),
  })
  .openapi('PermissionSet');
export const PermissionSetPage = pageOf(PermissionSetView).openapi('PermissionSetPage');
export const PermissionSetQuery = PageQuery.strict();

export const PermissionSetCreate = z
  .strictObject({ name, description: description.default(''), permissions })
  .openapi('PermissionSetCreate');
export type PermissionSetCreate = z.output<typeof PermissionSetCreate>;

export const PermissionSetChange = z
  .strictObject({ name: name.optional(), description: description.optional(), permissions: permissions.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'name at least one field to change',
  })
  .openapi('PermissionSetChange');
export type PermissionSetChange = z.output<typeof PermissionSetChange>;
