import type { OAuthClientRow } from './repository.ts';

export const presentOAuthClient = ({ secretEncrypted: _secret, ...client }: OAuthClientRow) => client;
