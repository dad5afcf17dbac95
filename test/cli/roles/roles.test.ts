import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { connectHsm } from '../../live/hsm-connection.ts';
import { type Ran, run } from '../support/cli.ts';

const BACKUP = randomUUID();
const RECOVERY = randomUUID();
const Changes = z.array(z.object({ change: z.string(), role: z.string() }));

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  folder = await mkdtemp(join(tmpdir(), 'warden-roles-'));
  await writeFile(join(folder, 'token'), emulator.token);
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** A role command as an administrator of the HSM. */
function roles(verb: string, more: readonly string[] = [], stdin = ''): Promise<Ran> {
  const environment = { HSM_WARDEN_BACKUP_PRINCIPAL: BACKUP, HSM_WARDEN_RECOVERY_PRINCIPAL: RECOVERY };
  const reach = ['--id', emulator.url, '--ca-file', emulator.caFile, '--token-file', join(folder, 'token')];
  return run(['roles', verb, ...reach, ...more], { environment, stdin });
}

// In the order of a deployment: each test goes on where the one before stopped.
describe('the role commands on a new HSM', () => {
  it('fail the check, for nobody holds anything yet', async () => {
    const { code, stdout } = await roles('check');

    expect(code).toBe(1);
    expect(stdout).toContain('missing');
  });

  it('plan both roles and both assignments, and change nothing', async () => {
    const first = await roles('plan', ['-o', 'json']);
    const second = await roles('plan', ['-o', 'json']);

    expect(Changes.parse(JSON.parse(first.stdout)).map(({ change, role }) => `${change} ${role}`)).toEqual([
      'create-role HSM Warden Backup',
      'assign HSM Warden Backup',
      'create-role HSM Warden Recovery',
      'assign HSM Warden Recovery',
    ]);
    expect(second.stdout).toBe(first.stdout);
  });

  it('show the changes and do nothing without a yes', async () => {
    const { code, stderr } = await roles('apply', [], 'no\n');

    expect(code).toBe(4);
    expect(stderr).toContain('keys/deletedKeys/recover/action');
    expect((await roles('check')).code).toBe(1);
  });

  it('put everything in place with a yes, once', async () => {
    const first = await roles('apply', [], 'yes\n');
    const second = await roles('apply', ['--yes']);

    expect(first.code).toBe(0);
    expect(second).toMatchObject({ code: 0, stdout: 'Everything was in place already.\n' });
    expect(await roles('check')).toMatchObject({ code: 0 });
  });

  it('fail the check once an identity may purge', async () => {
    // Crypto Officer, a built-in role.
    const roleDefinitionId =
      'Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/515eb02d-2335-4d2d-92f2-b1cbdf9c3778';
    const admin = connectHsm({ url: emulator.url, ca: emulator.caPem, token: async () => emulator.token });
    await admin.send('PUT', `/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
      properties: { roleDefinitionId, principalId: BACKUP },
    });
    await admin.close();

    const { code, stdout } = await roles('check');

    expect(code).toBe(1);
    expect(stdout).toContain('forbidden: may purge deleted keys');
  });

  it.each([
    ['one identity for both apps', ['--recovery-principal', BACKUP]],
    ['an id that is none', ['--backup-principal', 'backup']],
  ])('refuse %s', async (_what, more) => {
    expect(await roles('plan', more)).toMatchObject({ code: 2, stdout: '' });
  });
});
