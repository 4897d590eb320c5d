import { describe, expect, it } from 'vitest';
import { safeReturnTo } from './return-to.ts';

const ORIGIN = 'https://sol.example';

describe('where a visitor goes after signing in', () => {
  it.each(['/', '/trips', '/trips?tab=past#first', '/search?from=MAD&to=BCN', '/a//b'])('keeps %s', (path) => {
    expect(safeReturnTo(path, ORIGIN)).toBe(path);
  });

  it.each([
    undefined,
    '',
    'trips',
    'https://evil.test/',
    '//evil.test',
    '///evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    'javascript:alert(1)',
    '/./\\evil.test',
    '/x\r\nLocation: //evil.test',
    '/auth/logout',
    '/auth/login?returnTo=/',
    '/oidc/auth',
    '/interaction/abc',
    '/.//evil.test',
    ['/a'],
    'https:evil.test',
    '%2f%2fevil.test',
    '//a.test@evil.test',
    'data:text/html,x',
    `/${'a'.repeat(2000)}`,
  ])('I73 sends %j to the start page', (value) => {
    expect(safeReturnTo(value, ORIGIN)).toBe('/');
  });
});
