import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/local/arguments.ts';

describe('the arguments of a start', () => {
  it.each([
    ['neither', [], undefined, undefined],
    ['keys alone', ['--keys', '31'], undefined, 31],
    ['HSMs alone: twenty keys each', ['--hsms', '3'], 3, 60],
    ['both: the keys are of all HSMs together', ['--hsms', '20', '--keys', '400'], 20, 400],
    ['as many keys as the HSMs hold', ['--hsms', '3', '--keys', '15000'], 3, 15_000],
  ])('name HSMs and keys: %s', (_case, args, hsms, keys) => {
    expect(readArguments(args)).toMatchObject({ hsms, keys });
  });

  it('ask for an HSM that nobody protects', () => {
    expect(readArguments(['--search'])).toMatchObject({ search: true });
    expect(readArguments([])).toMatchObject({ search: false });
  });

  it.each([
    ['one HSM', ['--hsms', '1']],
    ['more HSMs than one computer runs', ['--hsms', '51']],
    ['half an HSM', ['--hsms', '2.5']],
    ['HSMs in words', ['--hsms', 'many']],
    ['more keys than two HSMs hold', ['--keys', '10001']],
    ['more keys than the HSMs hold', ['--hsms', '3', '--keys', '15001']],
    ['no key', ['--keys', '0']],
  ])('are refused: %s', (_case, args) => {
    expect(readArguments(args)).toMatch(/expected a whole number/);
  });
});
