import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the body of a download is taken in one place, which listens to its faults', async () => {
  const entries = await readdir('src', { withFileTypes: true, recursive: true });
  const files = entries
    .filter(({ name }) => name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const taking: string[] = [];
  for (const file of files)
    if ((await readFile(file, 'utf8')).includes('readableStreamBody')) taking.push(file);
  expect(taking).toEqual(['src/adapters/http/answer-body.ts']);
});
