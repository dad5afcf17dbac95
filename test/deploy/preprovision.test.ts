import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENVIRONMENT, group, providers, READY } from './support/azure-answers.ts';
import type { Rule } from './support/fake-tool.ts';
import { HookWorld } from './support/hook-world.ts';

const CLIENT = '22222222-2222-4222-8222-222222222222';
const SUBSCRIPTION = ENVIRONMENT.AZURE_SUBSCRIPTION_ID;

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(READY);
});
afterEach(() => world.close());

/** Rules that come before those of a ready subscription. */
function given(...rules: readonly Rule[]): void {
  world.rules = [...rules, ...READY];
}

function without(name: keyof typeof ENVIRONMENT): Record<string, string> {
  return Object.fromEntries(Object.entries(ENVIRONMENT).filter(([key]) => key !== name));
}

describe('preup.sh', () => {
  it.each([['AZURE_SUBSCRIPTION_ID'], ['AZURE_RESOURCE_GROUP'], ['AZURE_LOCATION']] as const)(
    'stops before azd asks when %s is missing, and says how to set it',
    async (name) => {
      const { code, stderr, calls } = await world.run('preup.sh', without(name));
      expect({ code, calls }).toEqual({ code: 1, calls: [] });
      expect(stderr).toContain(`azd env set ${name}`);
    },
  );

  it('makes sure of groups and packages, and leaves the rest to azd', async () => {
    given({ call: '^npm (ci|run build)$' });
    const { code, calls } = await world.run('preup.sh', ENVIRONMENT);
    expect(code).toBe(0);
    expect(calls.filter((call) => call.startsWith('az group exists'))).toHaveLength(2);
    expect(calls.filter((call) => /^az (provider|bicep)/.test(call))).toEqual([]);
    // azd compiles the parameters once, when the command begins: what they read is there before.
    expect(calls).toContain(
      `azd env set HSM_WARDEN_ENTRA_CLIENT_ID ${world.directory.applications[0]?.appId}`,
    );
  });

  it('makes the groups that are missing, in the subscription of azd', async () => {
    given(...group('rg-warden', { exists: false }), ...group('rg-warden-backups', { exists: false }));
    const { code, calls } = await world.run('groups.sh', ENVIRONMENT);
    expect(code).toBe(0);
    expect(calls.filter((call) => call.startsWith('az group create'))).toEqual([
      `az group create --name rg-warden --location westeurope --subscription ${SUBSCRIPTION} --output none`,
      `az group create --name rg-warden-backups --location westeurope --subscription ${SUBSCRIPTION} --output none`,
    ]);
  });

  it('never touches a group that is there: its tags would be lost', async () => {
    given(...group('rg-warden-backups', { exists: false }));
    const first = await world.run('groups.sh', ENVIRONMENT);
    const second = await world.run('groups.sh', ENVIRONMENT);
    expect(first.calls.filter((call) => call.includes('group create'))).toHaveLength(1);
    expect(second.calls.filter((call) => call.includes('group create'))).toEqual([]);
  });

  it('says who can make a group where the caller cannot', async () => {
    given(...group('rg-warden', { exists: false, forbidden: true }));
    const { code, stderr } = await world.run('groups.sh', ENVIRONMENT);
    expect(code).toBe(1);
    expect(stderr).toContain('Contributor on the subscription');
    expect(stderr).toContain(
      `az group create --name rg-warden --location westeurope --subscription ${SUBSCRIPTION}`,
    );
  });

  it('makes nothing when it cannot see whether a group is there', async () => {
    given({ call: '^az group exists', code: 1, stderr: 'AuthorizationFailed\n' });
    const { code, calls } = await world.run('groups.sh', ENVIRONMENT);
    expect(code).toBe(1);
    expect(calls.filter((call) => call.includes('group create'))).toEqual([]);
  });

  it('refuses to keep the backups in the group that azd down deletes, however it is written', async () => {
    const { code, calls } = await world.run('groups.sh', {
      ...ENVIRONMENT,
      HSM_WARDEN_BACKUP_RESOURCE_GROUP: 'RG-Warden',
    });
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
  });
});

describe('providers.sh', () => {
  it('registers what is missing, waits, and registers nothing the second time', async () => {
    given(...providers(['Microsoft.App', 'Microsoft.EventGrid']));
    const first = await world.run('providers.sh', ENVIRONMENT);
    const second = await world.run('providers.sh', ENVIRONMENT);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.calls.filter((call) => call.includes('provider register'))).toEqual([
      `az provider register --namespace Microsoft.App --subscription ${SUBSCRIPTION} --output none`,
      `az provider register --namespace Microsoft.EventGrid --subscription ${SUBSCRIPTION} --output none`,
    ]);
    expect(second.calls.filter((call) => call.includes('provider register'))).toEqual([]);
  });

  it('names who can register, and how, where the caller cannot', async () => {
    given(
      { call: '^az provider register', code: 1, stderr: 'AuthorizationFailed\n' },
      ...providers(['Microsoft.App']),
    );
    const { code, stderr } = await world.run('providers.sh', ENVIRONMENT);
    expect(code).toBe(1);
    expect(stderr).toContain('Contributor or Owner on the subscription');
    expect(stderr).toContain(`az provider register --namespace Microsoft.App --subscription ${SUBSCRIPTION}`);
  });

  it('ends its waiting, and says for what', async () => {
    given({ call: '^az provider register' }, ...providers(['Microsoft.App']));
    const { code, stderr } = await world.run('providers.sh', ENVIRONMENT);
    expect(code).toBe(1);
    expect(stderr).toContain('still being registered: Microsoft.App');
  });

  it('takes what it cannot read for unknown, not for registered', async () => {
    given({ call: '^az provider list', code: 1, stderr: 'AuthorizationFailed\n' });
    expect(await world.run('providers.sh', ENVIRONMENT)).toMatchObject({ code: 1 });
  });
});

describe('preprovision.sh', () => {
  const managed = { ...ENVIRONMENT, HSM_WARDEN_ENTRA_CLIENT_ID: CLIENT };

  it('checks with exactly the parameters of the deployment, as its last step', async () => {
    const { code, calls } = await world.run('preprovision.sh', managed);
    expect(code).toBe(0);
    expect(calls.at(-2)).toBe('az bicep build-params --file infra/main.bicepparam --stdout');
    expect(calls.at(-1)).toMatch(
      /^npm run --silent warden -- deploy check --parameters \S+parameters\.json --output table$/,
    );
  });

  it('names a subscription in every call about Azure resources', async () => {
    given(...group('rg-warden', { exists: false }), ...providers(['Microsoft.App']));
    const { calls } = await world.run('preprovision.sh', managed);
    const about = calls.filter((call) => /^az (group|provider|resource|account show)/.test(call));
    expect(about.length).toBeGreaterThan(5);
    expect(about.filter((call) => !call.includes(`--subscription ${SUBSCRIPTION}`))).toEqual([]);
  });

  it('makes the Entra application once, and keeps its client id in the environment of azd', async () => {
    const first = await world.run('preprovision.sh', ENVIRONMENT);
    const [application] = world.directory.applications;
    expect(first.code).toBe(0);
    expect(first.calls).toContain(`azd env set HSM_WARDEN_ENTRA_CLIENT_ID ${application?.appId}`);
    expect(first.calls).toContain('azd env set HSM_WARDEN_ENTRA_MANAGED true');

    const second = await world.run('preprovision.sh', {
      ...ENVIRONMENT,
      HSM_WARDEN_ENTRA_CLIENT_ID: application?.appId ?? '',
    });
    expect(second.code).toBe(0);
    expect(second.calls.filter((call) => call.startsWith('az rest'))).toEqual([]);
    // An id in the environment ends this step for good, so it is the last to be set.
    const set = first.calls.filter((call) => call.startsWith('azd env set HSM_WARDEN_ENTRA'));
    expect(set.at(-1)).toMatch(/CLIENT_ID/);
  });

  it('finds the application again after a stop before azd knew its id', async () => {
    given({ call: '^azd env set HSM_WARDEN_ENTRA_CLIENT_ID', code: 1 });
    expect((await world.run('preprovision.sh', ENVIRONMENT)).code).not.toBe(0);

    world.rules = READY;
    expect((await world.run('preprovision.sh', ENVIRONMENT)).code).toBe(0);
    expect(world.directory.applications).toHaveLength(1);
  });

  it('asks a person for the HSMs', async () => {
    const { code, calls } = await world.run(
      'preprovision.sh',
      { ...managed, HSM_WARDEN_HSM_NAMES: '', HSM_WARDEN_UNATTENDED: 'false' },
      { stdin: 'contoso, fabrikam\n' },
    );
    expect(code).toBe(0);
    expect(calls).toContain('azd env set HSM_WARDEN_HSM_NAMES contoso, fabrikam');
  });

  it.each([
    ['standard input that is no terminal', {}],
    ['a pipeline', { CI: 'true', HSM_WARDEN_UNATTENDED: '' }],
    ['HSM_WARDEN_UNATTENDED', { HSM_WARDEN_UNATTENDED: 'true' }],
  ])('never asks with %s: it says what to set', async (_what, more) => {
    const { code, stderr, calls } = await world.run(
      'preprovision.sh',
      { ...managed, HSM_WARDEN_HSM_NAMES: '', ...more },
      { stdin: 'contoso\n' },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('azd env set HSM_WARDEN_HSM_NAMES');
    expect(calls.filter((call) => call.startsWith('azd env set'))).toEqual([]);
  });

  it.each([
    [1, 'Something would fail'],
    [2, 'Not everything could be seen'],
  ])('stops the deployment when the check ends with %i', async (exit, what) => {
    given({ call: '^npm run --silent warden -- deploy check', code: exit });
    const { code, stderr } = await world.run('preprovision.sh', managed);
    expect(code).toBe(1);
    expect(stderr).toContain(what);
    expect(await world.run('check.sh', { ...managed, HSM_WARDEN_CHECK: 'warn' })).toMatchObject({ code: 0 });
  });

  it('stops when the parameters cannot be compiled', async () => {
    given({ call: '^az bicep build-params', code: 1, stderr: 'BCP033\n' });
    const { code, calls } = await world.run('check.sh', managed);
    expect(code).toBe(1);
    expect(calls.filter((call) => call.startsWith('npm'))).toEqual([]);
  });

  it('says loudly that a check was skipped, and takes no other word for it', async () => {
    const skipped = await world.run('check.sh', { ...managed, HSM_WARDEN_CHECK: 'skip' });
    expect(skipped).toMatchObject({ code: 0, calls: [] });
    expect(skipped.stderr).toContain('SKIPPED');
    expect(await world.run('check.sh', { ...managed, HSM_WARDEN_CHECK: 'off' })).toMatchObject({
      code: 1,
      calls: [],
    });
  });

  it('demands the group of the HSMs once the parameter file asks for it, and warns of the deployed one', async () => {
    const asks = readFileSync('infra/main.bicepparam', 'utf8').includes('HSM_WARDEN_HSM_RESOURCE_GROUP');
    const { code, stderr } = await world.run('preprovision.sh', {
      ...managed,
      HSM_WARDEN_HSM_RESOURCE_GROUP: '',
    });
    expect(code).toBe(asks ? 1 : 0);
    if (asks) expect(stderr).toContain('azd down deletes that group');
  });
});
