// The emulator is a package of its own: what it needs is installed for it, never for the product.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const Dependencies = z.record(z.string(), z.string());
const Package = z.looseObject({
  dependencies: Dependencies.default({}),
  devDependencies: Dependencies.default({}),
  workspaces: z.array(z.string()).default([]),
});
const ROOT = new URL('../../', import.meta.url);
const LIBRARIES = ['@noble/curves', '@peculiar/x509', 'reflect-metadata'];

async function packageJson(folder: string): Promise<z.infer<typeof Package>> {
  return Package.parse(JSON.parse(await readFile(new URL(`${folder}package.json`, ROOT), 'utf8')));
}

/** Every package that `npm install --omit=dev` brings for the product alone, however deep. */
async function installedForProduct(): Promise<Set<string>> {
  const args = [
    'ls',
    '--omit=dev',
    '--all',
    '--workspace=functions',
    '--package-lock-only',
    '--parseable',
    '--long',
  ];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
  const names = stdout.split('\n').map((line) => /:((?:@[^/]+\/)?[^@:]+)@[^:]*/.exec(line)?.[1] ?? '');
  return new Set(names);
}

test('the product installs none of the libraries of the emulator', async () => {
  const installed = await installedForProduct();
  expect(installed).toContain('@azure/keyvault-keys');
  for (const library of [...LIBRARIES, '@hsm-warden/emulator']) expect(installed).not.toContain(library);
});

test('the libraries of the emulator are dependencies of its package and of no other', async () => {
  const [repository, product, emulator] = await Promise.all(
    ['', 'functions/', 'src/emulator/'].map(packageJson),
  );
  expect(repository?.workspaces).toEqual(['functions', 'src/emulator']);
  expect(Object.keys(emulator?.dependencies ?? {})).toEqual(expect.arrayContaining(LIBRARIES));
  const own = { ...product?.dependencies, ...repository?.devDependencies };
  for (const library of LIBRARIES) expect(own).not.toHaveProperty(library);
});

test('the packed command line needs no package beside it', async () => {
  expect((await packageJson('')).dependencies).toEqual({});
});

test('a library that product and emulator share has one version', async () => {
  const [product, emulator] = await Promise.all([packageJson('functions/'), packageJson('src/emulator/')]);
  const shared = Object.keys(emulator.dependencies).filter((name) => name in product.dependencies);
  expect(shared).toEqual(['jose', 'zod']);
  for (const name of shared) expect(emulator.dependencies[name]).toBe(product.dependencies[name]);
});

test('the emulator imports only what its package names', async () => {
  const { dependencies } = await packageJson('src/emulator/');
  const { stdout } = await promisify(execFile)(
    'grep',
    ['-rhoE', `(from|import) '[^.'][^']*'`, '--include=*.ts', 'src/emulator'],
    { cwd: ROOT },
  );
  const imported = stdout
    .split('\n')
    .map((line) => /'((?:@[^/']+\/)?[^/']+)/.exec(line)?.[1])
    .filter((name) => name !== undefined && !name.startsWith('node:'));
  expect([...new Set(imported)].sort()).toEqual(Object.keys(dependencies).sort());
});

test('the lock file names no address to download from', async () => {
  const lock = await readFile(new URL('package-lock.json', ROOT), 'utf8');
  expect(lock).not.toMatch(/"resolved": "[a-z+]+:/);
});
