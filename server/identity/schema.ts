import { z } from 'zod';
import { API_SCOPES } from '../access/index.ts';
import { Instant as instant, PageQuery, Uuid as id, pageOf } from '../kernel/http/wire.ts';
import { STAFF_ROLES } from './user.ts';

const email = z.email().max(254);

export const MeSchema = z
  .object({
    kind: z.enum(['user', 'client']),
    id: id.nullable(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.string(),
    agencyId: id.nullable(),
    /** Who really sits before the session, where it is not the person itself. */
    actingParty: z
      .object({ kind: z.enum(['user', 'operator']), name: z.string(), reason: z.string().nullable(), until: instant })
      .nullable(),
  })
  .openapi('Me');

export const UserSchema = z
  .object({
    id,
    email: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    role: z.string(),
    agencyId: id.nullable(),
    /** What a `reseller_staff` may do; null: nothing yet. */
    permissionSetId: id.nullable(),
    state: z.enum(['active', 'suspended']),
    emailVerified: z.boolean(),
    createdAt: instant,
  })
  .openapi('User');

export const UserQuery = PageQuery.extend({
  agencyId: id.optional().describe('People of this agency only'),
  role: z.enum([...STAFF_ROLES, 'customer']).optional(),
  state: z.enum(['active', 'suspended']).optional(),
}).strict();
export const UserPage = pageOf(UserSchema).openapi('UserPage');
export const UserChange = z
  .strictObject({
    state: z.enum(['active', 'suspended']).optional(),
    permissionSetId: id.nullable().optional().describe('Only of `reseller_staff`; null: no rights'),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'name at least one field to change',
  })
  .openapi('UserChange');
export type UserChange = z.output<typeof UserChange>;

export const InvitationSchema = z
  .object({
    id,
    email: z.string(),
    role: z.enum(STAFF_ROLES),
    agencyId: id.nullable(),
    permissionSetId: id.nullable(),
    state: z.enum(['open', 'accepted', 'expired']),
    expiresAt: instant,
    createdAt: instant,
  })
  .openapi('Invitation');
export const InvitationCreate = z
  .strictObject({
    email,
    role: z.enum(STAFF_ROLES),
    agencyId: id.nullable().default(null).describe('Required for agency_admin and agent'),
    permissionSetId: id.nullable().default(null).describe('Only with reseller_staff; without, it has no rights'),
  })
  .openapi('InvitationCreate');
export const InvitationQuery = PageQuery.extend({ agencyId: id.optional() }).strict();
export const InvitationPage = pageOf(InvitationSchema).openapi('InvitationPage');

export const MembershipSchema = z
  .object({
    id,
    userId: id,
    email: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    role: z.enum(STAFF_ROLES),
    agencyId: id,
    createdAt: instant,
  })
  .openapi('Membership');
export const MembershipPage = pageOf(MembershipSchema).openapi('MembershipPage');

const clientRole = z.enum(['reseller_admin', 'agency_admin', 'agent']);
export const ApiClientSchema = z
  .object({
    id,
    clientId: z.string(),
    name: z.string(),
    role: clientRole,
    agencyId: id.nullable(),
    scopes: z.array(z.string()).nullable().describe('What it is limited to; null: all of its role'),
    state: z.enum(['active', 'revoked']),
    createdAt: instant,
  })
  .openapi('ApiClient');
export const ApiClientCreate = z
  .strictObject({
    name: z.string().trim().min(2).max(80),
    role: clientRole,
    agencyId: id.nullable().default(null),
    scopes: z
      .array(z.enum([...API_SCOPES.keys()]))
      .min(1)
      .nullable()
      .default(null)
      .transform((scopes) => scopes && [...new Set(scopes)])
      .describe('What it is limited to; null or left out: all of its role'),
  })
  .openapi('ApiClientCreate');
export const ApiClientCreated = ApiClientSchema.extend({
  clientSecret: z.string().describe('Shown this once'),
  tokenUrl: z.string(),
}).openapi('ApiClientCreated');
export const ApiClientQuery = InvitationQuery;
export const ApiClientPage = pageOf(ApiClientSchema).openapi('ApiClientPage');

export { IdParams as ById } from '../kernel/http/wire.ts';

export const MySessionSchema = z
  .object({
    id,
    browser: z.string().describe('Guessed from the User-Agent'),
    ip: z.string(),
    methods: z.array(z.string()).describe('RFC 8176'),
    startedAt: instant,
    lastSeenAt: instant,
    authenticatedAt: instant,
    current: z.boolean(),
    openedBy: z.enum(['person', 'operator']).describe('`operator`: of the platform, acting as you'),
  })
  .openapi('MySession');
export const MySessionList = pageOf(MySessionSchema).openapi('MySessionList');
export const SessionsEnded = z.object({ ended: z.number().int() }).openapi('SessionsEnded');

const passkeyName = z.string().trim().min(1).max(60);
export const MyPasskeySchema = z
  .object({
    id,
    name: z.string(),
    host: z.string().describe('Where it works'),
    backedUp: z.boolean(),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
  })
  .openapi('MyPasskey');
export const MyPasskeyList = pageOf(MyPasskeySchema).openapi('MyPasskeyList');
export const MyPasskeyRename = z.strictObject({ name: passkeyName }).openapi('MyPasskeyRename');
export const MyPasskeyOptions = z
  .object({ options: z.record(z.string(), z.unknown()).describe('PublicKeyCredentialCreationOptionsJSON') })
  .openapi('MyPasskeyOptions');
export const MyPasskeyCreate = z
  .strictObject({
    name: passkeyName,
    credential: z
      .looseObject({ id: z.string().max(2000), response: z.record(z.string(), z.unknown()) })
      .describe('RegistrationResponseJSON'),
  })
  .openapi('MyPasskeyCreate');

export const SignInPolicyChange = z
  .strictObject({
    secondFactorRoles: z
      .array(z.enum(STAFF_ROLES))
      .max(STAFF_ROLES.length)
      .describe('Roles whose people must prove themselves by a second factor after their password'),
  })
  .openapi('SignInPolicyChange');
export const SignInPolicyView = z
  .object({ ...SignInPolicyChange.shape, version: z.int().min(0).describe('0 before anybody decided') })
  .openapi('SignInPolicy');
