import type { Application, ApplicationChange, ApplicationInput, KeySet } from '../../api/applications.ts';

/** What the form edits: lists one to a line, keys as the JSON that was pasted. Named as the API names them, so faults find them. */
export type ApplicationValues = {
  name: string;
  applicationType: ApplicationInput['applicationType'];
  authMethod: ApplicationInput['authMethod'];
  subjectType: ApplicationInput['subjectType'];
  redirectUris: string;
  postLogoutRedirectUris: string;
  backchannelLogoutUri: string;
  scopes: string[];
  requirePar: boolean;
  requireDpop: boolean;
  deviceFlow: boolean;
  jwks: string;
};

export const JWKS_EXAMPLE = '{"keys":[{"kty":"EC",…}]}';

export const valuesOf = (application: Application | null): ApplicationValues => ({
  name: application?.name ?? '',
  applicationType: application?.applicationType ?? 'web',
  authMethod: application?.authMethod ?? 'client_secret_basic',
  subjectType: application?.subjectType ?? 'public',
  redirectUris: (application?.redirectUris ?? []).join('\n'),
  postLogoutRedirectUris: (application?.postLogoutRedirectUris ?? []).join('\n'),
  backchannelLogoutUri: application?.backchannelLogoutUri ?? '',
  scopes: [...(application?.scopes ?? ['openid', 'profile', 'email'])],
  requirePar: application?.requirePar ?? false,
  requireDpop: application?.requireDpop ?? false,
  deviceFlow: application?.deviceFlow ?? false,
  jwks: application?.jwks ? JSON.stringify(application.jwks, null, 2) : '',
});

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** How it proves itself: a native application keeps no secret, whatever was chosen while it was a web one. */
export const authMethodOf = ({ applicationType, authMethod }: ApplicationValues): ApplicationInput['authMethod'] =>
  applicationType === 'native' ? 'none' : authMethod;

/** The pasted keys; undefined when the text is no key set. */
export function keysOf(text: string): KeySet | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isKeySet = typeof parsed === 'object' && parsed !== null && 'keys' in parsed && Array.isArray(parsed.keys);
    return isKeySet ? (parsed as KeySet) : undefined;
  } catch {
    return undefined;
  }
}

/** What can be changed of an application. */
export const changeOf = (values: ApplicationValues): ApplicationChange => ({
  name: values.name.trim(),
  redirectUris: linesOf(values.redirectUris),
  postLogoutRedirectUris: linesOf(values.postLogoutRedirectUris),
  backchannelLogoutUri: values.backchannelLogoutUri.trim() || null,
  scopes: values.scopes,
  requirePar: values.requirePar,
  requireDpop: values.requireDpop,
  deviceFlow: values.deviceFlow,
  jwks: authMethodOf(values) === 'private_key_jwt' ? (keysOf(values.jwks) ?? null) : null,
});

/** A new application: also what cannot be changed later. */
export const inputOf = (values: ApplicationValues): ApplicationInput => ({
  ...changeOf(values),
  applicationType: values.applicationType,
  authMethod: authMethodOf(values),
  subjectType: values.subjectType,
});

export const hasSecret = ({ authMethod }: Pick<Application, 'authMethod'>): boolean =>
  authMethod.startsWith('client_secret');
