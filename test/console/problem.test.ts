import { describe, expect, it } from 'vitest';
import { challengeIn } from '../../src/console/api/problem.ts';
import { pageAt } from '../../src/console/routing/page-at.ts';

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const ENCODED = Buffer.from(CLAIMS).toString('base64');

describe('a challenge', () => {
  it.each([
    ['none', null, undefined],
    ['of an ended token asks for nothing more', 'Bearer error="invalid_token"', undefined],
    [
      'for claims hands them on',
      `Bearer error="insufficient_claims", claims="${ENCODED}"`,
      { claims: CLAIMS, mustProve: false },
    ],
    [
      'for claims and a fresh sign-in wants both',
      `Bearer error="insufficient_claims", claims="${ENCODED}", max_age="900"`,
      { claims: CLAIMS, mustProve: true },
    ],
    [
      'for a fresh sign-in',
      'Bearer error="insufficient_user_authentication", max_age="900"',
      { mustProve: true },
    ],
    [
      'with claims that cannot be read asks for a fresh sign-in at least',
      'Bearer error="insufficient_claims", claims="%"',
      { mustProve: true },
    ],
  ])('%s', (_name, header, challenge) => {
    expect(challengeIn(header)).toEqual(challenge);
  });
});

describe('the page at an address', () => {
  it.each([
    ['/', { name: 'home', params: {} }],
    ['/requests/abc', { name: 'request', params: { id: 'abc' } }],
    ['/recoveries/abc', { name: 'request', params: { id: 'abc' } }],
    ['/keys/contoso/a-b', { name: 'key', params: { hsm: 'contoso', key: 'a-b' } }],
    ['/keys/contoso/%zz', undefined],
    ['/keys/contoso', undefined],
    ['/elsewhere', undefined],
  ])('%s', (path, page) => {
    expect(pageAt(path)).toEqual(page);
  });
});
