import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from '../../../tools/chaos/planted/bugs.ts';

describe('a planted bug', () => {
  it.each(PLANTED_BUGS)(
    '$name has its one place in the source, and changes it',
    async ({ file, from, to }) => {
      const source = await readFile(file, 'utf8');

      expect(source.split(from)).toHaveLength(2);
      expect(to).not.toBe(from);
    },
  );
});
