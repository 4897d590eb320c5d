import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../i18n/en.ts';
import { API_SCOPE_GROUPS, PERMISSION_GROUPS } from './permissions.ts';

const namesOf = (groups: readonly { names: readonly string[] }[]): string[] =>
  groups.flatMap(({ names }) => names).toSorted();

/** Values of a list as the API publishes it: what the server accepts is what must be offered. */
type Listed = { items: { enum: string[] } };
const { components } = JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')) as {
  components: {
    schemas: {
      PermissionSetCreate: { properties: { permissions: Listed } };
      ApiClientCreate: { properties: { scopes: Listed } };
    };
  };
};
const { PermissionSetCreate, ApiClientCreate } = components.schemas;

describe('what the console offers to give', () => {
  it('is every permission of the API, each once and in words', () => {
    expect(namesOf(PERMISSION_GROUPS)).toEqual(PermissionSetCreate.properties.permissions.items.enum.toSorted());
    const words = en.permissions.names as Record<string, Record<string, string>>;
    for (const name of namesOf(PERMISSION_GROUPS)) {
      const [area = '', act = ''] = name.split('.');
      expect([name, typeof words[area]?.[act]]).toEqual([name, 'string']);
    }
  });

  it('is every scope of the API, each once and in words', () => {
    expect(namesOf(API_SCOPE_GROUPS)).toEqual(ApiClientCreate.properties.scopes.items.enum.toSorted());
    const words = en.scopes.names as Record<string, string>;
    for (const name of namesOf(API_SCOPE_GROUPS)) expect(words).toHaveProperty(name.replace(':', '_'));
  });
});
