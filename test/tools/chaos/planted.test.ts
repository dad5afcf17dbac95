import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SHORTER_TIMES } from '../../../tools/chaos/changes/shorter-times.ts';
import { changed } from '../../../tools/chaos/changes/text-change.ts';
import { PLANTED_BUGS } from '../../../tools/chaos/planted/bugs.ts';

describe('a planted bug', () => {
  it.each(PLANTED_BUGS)('$name has its one place in the source, and changes it', async (bug) => {
    const source = await readFile(bug.file, 'utf8');

    expect(changed(source, bug)).not.toBe(source);
  });
});

describe('a shorter time', () => {
  it.each(SHORTER_TIMES)('$from in $file has its one place in the source', async (time) => {
    const source = await readFile(time.file, 'utf8');

    expect(changed(source, time)).not.toBe(source);
  });
});

describe('a change', () => {
  const change = { file: 'a.ts', from: 'one', to: '$& two' };

  it('is made as it is written', () => {
    expect(changed('just one place', change)).toBe('just $& two place');
  });

  it.each(['no such place', 'one place, and one more'])('is refused in: %s', (source) => {
    expect(() => changed(source, change)).toThrow('a.ts has not exactly one place like: one');
  });
});
