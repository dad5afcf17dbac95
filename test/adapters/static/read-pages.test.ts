import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPages } from '../../../src/adapters/static/read-pages.ts';
import { sha256Hex } from '../../../src/core/sha256.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the files of the console', () => {
  it('are read by their paths, with what the build made of them', async () => {
    await mkdir(join(folder, 'assets'));
    for (const name of ['index.html', 'index.html.br', 'index.html.gz', 'assets/app.js', 'assets/app.js.gz'])
      await writeFile(join(folder, name), name);

    const files = readPages([pathToFileURL(join(folder, 'missing')), pathToFileURL(folder)]);

    expect([...files.keys()].sort()).toEqual(['assets/app.js', 'index.html']);
    expect(files.get('index.html')).toEqual({
      bytes: Buffer.from('index.html'),
      encoded: { br: Buffer.from('index.html.br'), gzip: Buffer.from('index.html.gz') },
      sha256: sha256Hex('index.html'),
    });
    expect(Object.keys(files.get('assets/app.js')?.encoded ?? {})).toEqual(['gzip']);
  });

  it('are none where nothing was built', () => {
    expect(readPages([pathToFileURL(folder)]).size).toBe(0);
  });
});
