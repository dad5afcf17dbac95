import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCaFile } from '../../../src/adapters/http/tls.ts';
import { openAuthority } from '../../../src/emulator/tls/authority-folder.ts';

let folder = '';
let one = '';
let other = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-ca-'));
  await openAuthority(join(folder, 'a'), Date.now());
  await openAuthority(join(folder, 'b'), Date.now());
  one = (await readFile(join(folder, 'a', 'ca.pem'), 'utf8')).trim();
  other = (await readFile(join(folder, 'b', 'ca.pem'), 'utf8')).trim();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string | Uint8Array): Promise<number> {
  const path = join(folder, 'all.pem');
  await writeFile(path, text);
  return readCaFile(path).split('-----BEGIN CERTIFICATE-----\n').length - 1;
}

describe('a file of certificate authorities', () => {
  it.each([
    ['joined with a line between them', () => `${one}\n${other}\n`],
    ['joined without a line end, as cat does', () => `${one}${other}`],
    ['with comments and a byte-order mark', () => `\ufeff# my own\n${one}\nIssuer: CN=Ünï\n${other}`],
  ])('%s holds both', async (_case, text) => {
    expect(await read(text())).toBe(2);
  });

  it('with one that is broken is refused, and it is said which', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await expect(read(`${one}\n${broken}`)).rejects.toThrow('Certificate 2 of 2');
  });

  it('without any is refused', async () => {
    await expect(read('hello')).rejects.toMatchObject({ code: 'settings-invalid' });
  });
});
