import { describe, expect, it } from 'vitest';
import { EVERY_KEY, matches, reasonToSkip } from '../../../src/core/model/selection.ts';
import { listedKey } from '../../support/listed-key.ts';

describe('a name pattern', () => {
  it.each([
    ['orders', 'orders', true],
    ['orders', 'ORDERS', true],
    ['orders', 'order', false],
    ['orders', '*', true],
    ['orders', 'ord*', true],
    ['orders', '*ers', true],
    ['orders', 'o*r*s', true],
    ['orders', '*x*', false],
    ['aa', 'a*a', true],
    ['a', 'a*a', false],
    ['ab-cd-ef', 'ab*cd*ef', true],
    ['ab-ef-cd', 'ab*cd*ef', false],
    ['orders', '*o*', true],
    ['aba', '*ab*ba*', false],
    ['abba', '*ab*ba*', true],
  ])('%s against %s is %s', (name, pattern, expected) => {
    expect(matches(name, pattern)).toBe(expected);
  });
});

describe('the selection of keys', () => {
  it.each([
    ['everything', EVERY_KEY, {}, undefined],
    ['a key managed by another service', EVERY_KEY, { managed: true }, 'managed by another Azure service'],
    ['a name that is not included', { ...EVERY_KEY, include: ['db-*'] }, {}, 'not included by name'],
    ['a name that one of two patterns includes', { ...EVERY_KEY, include: ['db-*', 'o*'] }, {}, undefined],
    [
      'an included name that is excluded too',
      { ...EVERY_KEY, include: ['o*'], exclude: ['orders'] },
      {},
      'excluded by name (orders)',
    ],
    [
      'a tag with any value',
      { ...EVERY_KEY, excludeTags: ['Scratch'] },
      { tags: { scratch: 'x' } },
      'excluded by tag (Scratch)',
    ],
    [
      'a tag with its value',
      { ...EVERY_KEY, excludeTags: ['env=a=b'] },
      { tags: { env: 'a=b' } },
      'excluded by tag (env=a=b)',
    ],
    [
      'a tag with another value',
      { ...EVERY_KEY, excludeTags: ['env=dev'] },
      { tags: { env: 'prod' } },
      undefined,
    ],
  ])('%s', (_case, selection, change, expected) => {
    expect(reasonToSkip(listedKey({ name: 'orders', ...change }), selection)).toBe(expected);
  });
});
