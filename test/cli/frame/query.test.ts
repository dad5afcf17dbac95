import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/frame/failures.ts';
import { compileQuery } from '../../../src/cli/frame/query.ts';

const keys = [
  { name: 'b', created: '2024-01-01', enabled: true, expires: null, size: 3, tags: { 'a b': '1' } },
  { name: 'a', created: '2026-01-01', enabled: false, expires: '2030', size: 2, tags: null },
];

describe('--query', () => {
  it.each<[string, unknown]>([
    ['[].name', ['b', 'a']],
    ['length(@)', 2],
    ['[?enabled].name', ['b']],
    ['[?!enabled].name | [0]', 'a'],
    ['[?expires==null].name', ['b']],
    ["[?created<'2025-01-01'].name", ['b']],
    ["[?created<='2024-01-01'].name", ['b']],
    ["[?created>'2024-01-01'].name", ['a']],
    ["[?created>='2024-01-02' && name<'b'].name", ['a']],
    ["[?expires<'2031'].name", ['a']],
    ['[?size>`2`].name', ['b']],
    ['[?name==`b`].size', [3]],
    ['[].{n:name,e:enabled}', keys.map(({ name, enabled }) => ({ n: name, e: enabled }))],
    ['[].[name,size]', keys.map(({ name, size }) => [name, size])],
    ['[0].tags."a b"', '1'],
    ['sort_by(@,&name)[].name', ['a', 'b']],
    ['max_by(@,&created).name', 'a'],
    ['min_by(@,&created).name', 'b'],
    ['max_by(@,&size).name', 'b'],
    ['min_by(@,&size).name', 'a'],
    ['max_by(`[]`,&size)', null],
    ["[?contains(name,'b')||starts_with(name,'a')]|length(@)", 2],
    ["join(',',[].name)", 'b,a'],
    ['[::-1].name', ['a', 'b']],
    ['nosuch', null],
  ])('%s is what az finds', (text, expected) => {
    expect(compileQuery(text)(keys)).toEqual(expected);
  });

  it.each(['[', '[?name==', 'a..b', ''])('%j is refused before anything is done', (text) => {
    expect(() => compileQuery(text)).toThrow(UsageError);
  });

  it.each(['length(`1`)', 'nosuch(@)', 'max_by(@,&tags)'])('%s fails by what it asks', (text) => {
    const query = compileQuery(text);
    expect(() => query(keys)).toThrow(expect.objectContaining({ name: 'UsageError', exit: 'failed' }));
  });
});
