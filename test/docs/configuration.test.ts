import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { configurationPage } from '../../tools/configuration-doc.ts';

it('docs/configuration.md says what the settings say (npm run docs)', async () => {
  expect(await readFile('docs/configuration.md', 'utf8')).toBe(configurationPage());
});
