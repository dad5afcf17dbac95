/** Names of keys: any letter case finds, and the spelling of the HSM is kept. */
import { describe, expect, it } from 'vitest';
import { distinctNames, isSameName, NameMap, ownValue } from '../../../src/core/model/key-name.ts';

describe('a map by key name', () => {
  it.each(['Yaz', 'yaz', 'YAZ'])('finds what was set for Yaz under %s', (name) => {
    const map = new NameMap([['Yaz', 1]]);

    expect([map.get(name), map.has(name), map.get(`${name}-2`)]).toEqual([1, true, undefined]);
    expect(map.delete(name)).toBe(true);
    expect(map.size).toBe(0);
    expect(map.get('Yaz')).toBeUndefined();
  });

  it('has one entry for all spellings of a name: the one that was set last', () => {
    const map = new NameMap([
      ['Yaz', 1],
      ['other', 2],
      ['yaz', 3],
    ]);

    expect([...map]).toEqual([
      ['other', 2],
      ['yaz', 3],
    ]);
  });

  it('forgets the spellings of what was taken out', () => {
    const map = new NameMap([['Yaz', 1]]);
    map.clear();
    map.set('yaz', 2);

    expect([...map]).toEqual([['yaz', 2]]);
  });
});

describe('names of keys', () => {
  it('are the same in any letter case, and otherwise not', () => {
    expect(isSameName('Yaz-1', 'yAZ-1')).toBe(true);
    expect(isSameName('yaz', 'yaz-1')).toBe(false);
  });

  it('stay as they came first', () => {
    expect([...distinctNames(['Yaz', 'b', 'yaz'])]).toEqual(['Yaz', 'b']);
  });

  it('are read from a record in any letter case, members of every object not', () => {
    const record = { Yaz: 1, CONSTRUCTOR: 2 };

    expect([ownValue(record, 'Yaz'), ownValue(record, 'YAZ'), ownValue(record, 'constructor')]).toEqual([
      1, 1, 2,
    ]);
    expect(ownValue({}, 'constructor')).toBeUndefined();
    expect(ownValue({ Yaz: 1 }, '__proto__')).toBeUndefined();
  });
});
