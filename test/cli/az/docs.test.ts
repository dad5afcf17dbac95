import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { azPage } from '../../../tools/az-doc.ts';
import { AZ_COMMANDS, DIFFERENCES } from '../../../tools/az-reference.ts';

describe('the page about az', () => {
  it('is what the commands say (npm run docs)', async () => {
    expect(await readFile('docs/az.md', 'utf8')).toBe(azPage());
  });

  it('has every command of ours that is one of az, and no other', () => {
    const ours = COMMANDS.filter(({ isAz }) => isAz).map(({ path }) => path);
    expect(Object.keys(AZ_COMMANDS).toSorted()).toEqual(ours.toSorted());
  });

  it('explains no difference of a command or flag that az has not', () => {
    for (const place of Object.keys(DIFFERENCES)) {
      const [, path = '', flag] = /^(\S+(?: [a-z-]+?)*?)(?: (--\S+))?$/.exec(place) ?? [];
      const flags = path === '*' ? Object.values(AZ_COMMANDS).flat() : AZ_COMMANDS[path];
      expect(flags, place).toBeDefined();
      if (flag !== undefined) expect(flags, place).toContain(flag);
    }
  });
});
