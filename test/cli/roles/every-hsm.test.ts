/** `roles plan --all` and `roles apply --all`: what cannot be done on one HSM stops no other, and is named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { type Ran, run } from '../support/cli.ts';

const BACKUP = '6b0e5c2f-08d1-4f0a-9d35-1c7a4e2b9f01';
const RECOVERY = '9c4d2a7e-5b16-4e8f-8a20-6f3d1b0c7e02';
const Answers = z.array(
  z.object({ hsm: z.string(), steps: z.array(z.unknown()), failed: z.string().optional() }),
);

let folder: string;
let contoso: Emulator;
let fabrikam: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-roles-all-'));
  const common = { retentionDays: 7, limits: 'off', caDir: folder } as const;
  contoso = await startEmulator(common);
  fabrikam = await startEmulator(common);
  await writeFile(join(folder, 'token'), contoso.token);
});

afterAll(async () => {
  await Promise.all([contoso.close(), fabrikam.close()]);
  await rm(folder, { recursive: true });
});

/** A role command over a fleet of two HSMs, and one whose entry is not valid, or the entries that are given. */
function roles(verb: string, more: readonly string[] = [], stdin = ''): Promise<Ran> {
  const hsms = [
    { name: 'contoso', url: contoso.url },
    { name: 'damaged', url: 'ftp://contoso' },
    { name: 'fabrikam', url: fabrikam.url },
  ];
  const environment = {
    HSM_WARDEN_BACKUP_PRINCIPAL: BACKUP,
    HSM_WARDEN_RECOVERY_PRINCIPAL: RECOVERY,
    WARDEN_HSMS: JSON.stringify(hsms),
    WARDEN_BACKUP_URL: 'https://b.blob.core.windows.net',
    WARDEN_CREDENTIAL: 'token-file',
    WARDEN_CA_FILE: contoso.caFile,
    WARDEN_TOKEN_FILE: join(folder, 'token'),
  };
  return run(['roles', verb, '--all', ...more], { environment, stdin });
}

/** Each HSM, how many steps it has, and whether it failed. */
function told({ stdout }: Ran): readonly (readonly [string, number, boolean])[] {
  return Answers.parse(JSON.parse(stdout)).map(({ hsm, steps, failed }) => [
    hsm,
    steps.length,
    failed !== undefined,
  ]);
}

// In the order of a deployment: each test goes on where the one before stopped.
it('plans for every HSM, and names the one that has no plan', async () => {
  const ran = await roles('plan', ['-o', 'json']);

  expect(told(ran)).toEqual([
    ['contoso', 4, false],
    ['damaged', 0, true],
    ['fabrikam', 4, false],
  ]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('NOT PLANNED: HSM damaged: ');
});

it('shows what changes on each, and does nothing without a yes', async () => {
  const ran = await roles('apply', [], 'no\n');

  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('Change these on HSM contoso, fabrikam?');
  expect(told(await roles('plan', ['-o', 'json']))[0]).toEqual(['contoso', 4, false]);
});

it('goes on where one HSM fails in the middle of it, names that, and ends with the others done', async () => {
  contoso.faults.add({ operation: 'putRoleDefinition', fault: { type: 'error', status: 500 } });
  const ran = await roles('apply', ['--yes', '-o', 'json']);
  contoso.faults.clear();

  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/NOT DONE: HSM contoso: .*\n(.*\n)*NOT DONE: HSM damaged/);
  expect(told(await roles('plan', ['-o', 'json']))).toEqual([
    ['contoso', 4, false],
    ['damaged', 0, true],
    ['fabrikam', 0, false],
  ]);
});

it('does the rest when it is run again, with one yes for all', async () => {
  expect((await roles('apply', [], 'yes\n')).stderr).toContain('Change these on HSM contoso?');
  expect(told(await roles('plan', ['-o', 'json'])).map(([, steps]) => steps)).toEqual([0, 0, 0]);
});

it.each([
  ['one HSM beside all', ['--hsm-name', 'contoso']],
  ['the role of the drill app on every protected HSM', ['--drill-principal', BACKUP]],
])('refuses %s', async (_what, more) => {
  expect(await roles('apply', more)).toMatchObject({ code: 2, stdout: '' });
});
