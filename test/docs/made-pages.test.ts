import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { apiPage } from '../../tools/api-doc.ts';
import { configurationPage } from '../../tools/configuration-doc.ts';
import { pictures } from '../../tools/pictures.ts';

it('docs/configuration.md says what the settings say (npm run docs)', async () => {
  expect(await readFile('docs/configuration.md', 'utf8')).toBe(configurationPage());
});

it('docs/api.md names every route, role and code of the API (npm run docs)', async () => {
  const page = await readFile('docs/api.md', 'utf8');

  expect(apiPage(page)).toBe(page);
});

it.each([...pictures()])(
  'docs/pictures/%s is drawn from the text beside it (npm run docs)',
  async (file, svg) => {
    expect(await readFile(`docs/pictures/${file}`, 'utf8')).toBe(svg);
  },
);
