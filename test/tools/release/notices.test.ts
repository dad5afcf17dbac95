/** The texts that come along with a bundle. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packagesOf } from '../../../tools/release/bundled.ts';
import { noticesOf } from '../../../tools/release/notices.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hsm-warden-notices-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A package as it is installed. */
async function aPackage(files: Readonly<Record<string, string>>, manifest: object = {}): Promise<void> {
  const all = { name: 'one', version: '1.0.0', license: 'MIT', ...manifest };
  await writeFile(join(folder, 'package.json'), JSON.stringify(all));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

const bundled = () => packagesOf(new Map([['cli', [folder]]]));

it.each(['LICENSE', 'LICENCE.md', 'license.txt', 'LICENSE-MIT', 'COPYING'])(
  'of a package with %s are its name and that text',
  async (name) => {
    await aPackage({ [name]: 'You may.', NOTICE: 'Thanks to all.' });

    expect(await noticesOf([folder])).toContain('one 1.0.0 (MIT)\n\nYou may.\n\nThanks to all.');
    expect(await bundled()).toMatchObject([{ name: 'one', hasText: true }]);
  },
);

it.each<Readonly<Record<string, string>>>([
  {},
  { LICENSE: ' \n' },
  { NOTICE: 'Thanks to all.' },
  { 'licensed.js': '1' },
])('of a package with no text of its licence are a fault: %j', async (files) => {
  await aPackage(files);

  expect(await bundled()).toMatchObject([{ name: 'one', hasText: false }]);
});

it('of a package that brings none is the one that is kept for this very version', async () => {
  await aPackage({}, { name: '@nodable/entities', version: '3.1.0' });
  expect(await noticesOf([folder])).toContain('Permission is hereby granted');
  expect(await bundled()).toMatchObject([{ hasText: true }]);

  await aPackage({}, { name: '@nodable/entities', version: '99.0.0' });
  expect(await bundled()).toMatchObject([{ hasText: false }]);
});
