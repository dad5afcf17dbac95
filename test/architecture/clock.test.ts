import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** All TypeScript files under a folder. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('core and features', () => {
  it('reads no clock, no randomness and no environment of its own', async () => {
    const files = [...(await sources('src/core')), ...(await sources('src/features'))];
    const offenders: string[] = [];
    for (const file of files) {
      if (
        /Date\.now\(|new Date\(\)|Math\.random\(|process\.\w|randomUUID|randomBytes/.test(
          await readFile(file, 'utf8'),
        )
      )
        offenders.push(file);
    }
    expect(offenders).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});
