/** What a browser must load. */
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../tools/build-console.ts';
import { consoleSizes } from '../../tools/console-sizes.ts';

const FOLDER = 'dist/console';
beforeAll(() => buildConsole(FOLDER));

describe('the console', () => {
  it('is at most 60 KB of JavaScript before the sign-in and 130 KB in all, by gzip', async () => {
    const { beforeSignIn, all } = await consoleSizes(FOLDER);
    expect(beforeSignIn).toBeGreaterThan(0);
    expect(beforeSignIn).toBeLessThanOrEqual(60_000);
    expect(all).toBeGreaterThan(beforeSignIn);
    expect(all).toBeLessThanOrEqual(130_000);
  });

  it('has a brotli and a gzip beside every file, and a hash in every name but the page’s', async () => {
    const files = await readdir(FOLDER, { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map(({ name }) => name);
    const plain = names.filter((name) => !/\.(br|gz)$/.test(name));
    expect(plain.length).toBeGreaterThan(3);
    for (const name of plain) {
      expect(names).toContain(`${name}.br`);
      expect(names).toContain(`${name}.gz`);
      if (name !== 'index.html') expect(name).toMatch(/-[0-9A-Za-z]{8}\.(js|css|svg)$/);
    }
  });

  it('has no inline code, no inline style and no address of anybody else in its page', async () => {
    const page = await readFile(`${FOLDER}/index.html`, 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(page).not.toMatch(/https?:/);
  });
});
