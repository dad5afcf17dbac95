import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENVIRONMENT } from './support/azure-answers.ts';
import type { Rule } from './support/fake-tool.ts';
import { HookWorld } from './support/hook-world.ts';

const LIST = '^az resource list --resource-group rg-warden .*--resource-type';
const BACKUPS = 'https://stwardenbabc.blob.core.windows.net/';
const CLEAN: readonly Rule[] = [
  { call: '^azd config get alpha.deployment.stacks', code: 1, stderr: 'no such key\n' },
  { call: '^az group exists', stdout: 'true\n' },
  { call: `${LIST} Microsoft.KeyVault/managedHSMs` },
  { call: `${LIST} Microsoft.Storage/storageAccounts`, stdout: 'stwardenhabc\nstwardenrabc\n' },
];

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(CLEAN);
});
afterEach(() => world.close());

function down() {
  return world.run('predown.sh', { ...ENVIRONMENT, HSM_WARDEN_BACKUP_URL: BACKUPS });
}

describe('predown.sh', () => {
  it('lets azd down go on where neither an HSM nor the backups are in its group', async () => {
    const { code, calls } = await down();
    expect(code).toBe(0);
    const about = calls.filter((call) => call.startsWith('az '));
    expect(about.every((call) => call.includes(`--subscription ${ENVIRONMENT.AZURE_SUBSCRIPTION_ID}`))).toBe(
      true,
    );
  });

  it.each<[string, Rule]>([
    ['an HSM is in the group', { call: `${LIST} Microsoft.KeyVault`, stdout: 'contoso\n' }],
    ['the backups are in the group', { call: `${LIST} Microsoft.Storage`, stdout: 'other\nstwardenbabc\n' }],
    ['it cannot see whether an HSM is in the group', { call: `${LIST} Microsoft.KeyVault`, code: 1 }],
    ['it cannot see the storage accounts of the group', { call: `${LIST} Microsoft.Storage`, code: 1 }],
    ['it cannot see the group', { call: '^az group exists', code: 1 }],
    [
      'deployment stacks are on, which reach into other groups',
      { call: '^azd config get', stdout: '"on"\n' },
    ],
  ])('refuses when %s', async (_what, rule) => {
    world.rules = [rule, ...CLEAN];
    const { code, stderr } = await down();
    expect(code).not.toBe(0);
    expect(stderr).toContain('error:');
  });

  it('has nothing to refuse where the group is gone already', async () => {
    world.rules = [{ call: '^az group exists', stdout: 'false\n' }, ...CLEAN];
    expect(await down()).toMatchObject({ code: 0 });
  });
});
