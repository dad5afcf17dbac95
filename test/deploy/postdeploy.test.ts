import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rule } from './support/fake-tool.ts';
import { HookWorld } from './support/hook-world.ts';

const BACKUP = '33333333-3333-4333-8333-333333333333';
const RECOVERY = '44444444-4444-4444-8444-444444444444';
const OUTPUTS = {
  HSM_WARDEN_HSMS: JSON.stringify([{ name: 'contoso', pace: 5 }, { name: 'new' }]),
  HSM_WARDEN_BACKUP_PRINCIPAL: BACKUP,
  HSM_WARDEN_RECOVERY_PRINCIPAL: RECOVERY,
} as const;
const ROLES = '^npm run --silent warden -- roles';
/** Roles that are in place once they were applied. */
const EMPTY: readonly Rule[] = [
  { call: `${ROLES} check --hsm-name contoso$`, when: 'applied', stdout: '' },
  { call: `${ROLES} check`, unless: 'applied', code: 1 },
  { call: `${ROLES} check`, stdout: '' },
  { call: `${ROLES} apply`, sets: 'applied', copies: true },
];

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(EMPTY);
});
afterEach(() => world.close());

function applied(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => call.includes(' roles apply '));
}

describe('postdeploy.sh', () => {
  it('takes the HSMs of the deployment, a new one too, and not those of a variable', async () => {
    const { code, calls } = await world.run('postdeploy.sh', {
      ...OUTPUTS,
      HSM_WARDEN_HSM_NAMES: 'other',
      HSM_WARDEN_APPLY_ROLES: 'yes',
    });
    expect(code).toBe(0);
    expect(calls).toEqual([
      'npm run --silent warden -- roles apply --hsm-name contoso --yes',
      'npm run --silent warden -- roles check --hsm-name contoso',
      'npm run --silent warden -- roles apply --hsm-name new --yes',
      'npm run --silent warden -- roles check --hsm-name new',
    ]);
  });

  it('says what a new mail receiver must answer, and how to test that alerts arrive', async () => {
    const { stderr } = await world.run('postdeploy.sh', { ...OUTPUTS, HSM_WARDEN_APPLY_ROLES: 'yes' });

    expect(stderr).toMatch(/alertReceivers.*one-time passcode/);
    expect(stderr).toMatch(/Action groups, Test/);
  });

  it('goes to the URL that the deployment gives an HSM', async () => {
    const url = 'https://contoso.managedhsm.usgovcloudapi.net';
    const { calls } = await world.run('postdeploy.sh', {
      ...OUTPUTS,
      HSM_WARDEN_HSMS: JSON.stringify([{ name: 'contoso', url }]),
      HSM_WARDEN_APPLY_ROLES: 'yes',
    });
    expect(applied(calls)).toEqual([`npm run --silent warden -- roles apply --id ${url} --yes`]);
  });

  it('lets a person answer', async () => {
    const { code } = await world.run(
      'postdeploy.sh',
      { ...OUTPUTS, HSM_WARDEN_UNATTENDED: 'false' },
      { stdin: 'yes\n' },
    );
    expect(code).toBe(0);
    expect(world.asked).toBe('yes');
  });

  it.each([
    ['alone', {}],
    ['with HSM_WARDEN_APPLY_ROLES=check', { HSM_WARDEN_APPLY_ROLES: 'check' }],
  ])(
    'never asks and changes nothing without a person, %s: it fails and says what is missing',
    async (_what, more) => {
      const { code, stderr, calls } = await world.run(
        'postdeploy.sh',
        { ...OUTPUTS, ...more },
        { stdin: 'yes\n' },
      );
      expect(code).toBe(1);
      expect(applied(calls)).toEqual([]);
      expect(world.asked).toBe('');
      expect(stderr).toContain('CANNOT do their work');
      expect(stderr).toContain(
        `roles apply --hsm-name contoso --backup-principal ${BACKUP} --recovery-principal ${RECOVERY}`,
      );
    },
  );

  it('gives no answer of its own where it may make changes', async () => {
    await world.run('postdeploy.sh', { ...OUTPUTS, HSM_WARDEN_APPLY_ROLES: 'yes' }, { stdin: 'no\n' });
    expect(world.asked).toBe('');
  });

  it('passes without a person when the roles are in place already', async () => {
    world.rules = [{ call: `${ROLES} check` }];
    expect(await world.run('postdeploy.sh', OUTPUTS)).toMatchObject({ code: 0 });
  });

  it('leaves it to an administrator where that is wanted, but says that nothing is backed up yet', async () => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...OUTPUTS,
      HSM_WARDEN_APPLY_ROLES: 'later',
    });
    expect(code).toBe(0);
    expect(applied(calls)).toEqual([]);
    expect(stderr).toContain('CANNOT do their work');
  });

  it('does the other HSMs when one fails, and fails in the end', async () => {
    world.rules = [{ call: `${ROLES} (apply|check) --hsm-name contoso`, code: 1 }, ...EMPTY];
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...OUTPUTS,
      HSM_WARDEN_APPLY_ROLES: 'yes',
    });
    expect(code).toBe(1);
    expect(calls).toContain('npm run --silent warden -- roles check --hsm-name new');
    expect(stderr).toContain('roles apply --hsm-name contoso');
    expect(stderr).not.toContain('roles apply --hsm-name new');
  });

  it('believes the check, not the change: a change that failed after the roles were in place is no failure', async () => {
    world.rules = [{ call: `${ROLES} apply`, code: 4 }, { call: `${ROLES} check` }];
    expect(await world.run('postdeploy.sh', { ...OUTPUTS, HSM_WARDEN_APPLY_ROLES: 'yes' })).toMatchObject({
      code: 0,
    });
  });

  it.each([
    ['the HSMs', { ...OUTPUTS, HSM_WARDEN_HSMS: '' }],
    ['HSMs that are no JSON', { ...OUTPUTS, HSM_WARDEN_HSMS: 'contoso' }],
    ['an empty list', { ...OUTPUTS, HSM_WARDEN_HSMS: '[]' }],
    ['a principal', { ...OUTPUTS, HSM_WARDEN_RECOVERY_PRINCIPAL: '' }],
    ['a mode that is none', { ...OUTPUTS, HSM_WARDEN_APPLY_ROLES: 'perhaps' }],
    ['a question to nobody', { ...OUTPUTS, HSM_WARDEN_APPLY_ROLES: 'ask' }],
  ])('stops at once without or with %s', async (_what, environment) => {
    expect(await world.run('postdeploy.sh', environment)).toMatchObject({ code: 1, calls: [] });
  });
});

describe('the address of the console', () => {
  const deployed = {
    ...OUTPUTS,
    HSM_WARDEN_API_URL: 'https://func-warden.azurewebsites.net/api',
    HSM_WARDEN_ENTRA_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
  };
  const application = {
    id: 'object',
    appId: deployed.HSM_WARDEN_ENTRA_CLIENT_ID,
    displayName: 'HSM Warden (warden)',
    tags: ['hsm-warden'],
  };

  it('is given to an application that the hooks made, with those of other domains', async () => {
    world.directory = { applications: [application], servicePrincipals: [], hidden: 0 };
    world.rules = [{ call: '^az cloud show', stdout: 'https://graph.microsoft.com/\n' }];
    const { code } = await world.run('console-address.sh', {
      ...deployed,
      HSM_WARDEN_ENTRA_MANAGED: 'true',
      HSM_WARDEN_CONSOLE_URLS: 'https://warden.example/,https://warden.example/console',
    });
    expect(code).toBe(0);
    expect(world.directory.applications[0]?.spa?.redirectUris).toEqual([
      'https://func-warden.azurewebsites.net/',
      'https://warden.example/',
      'https://warden.example/console',
    ]);
  });

  it('is printed for an application that is not ours to change', async () => {
    const { code, stderr, calls } = await world.run('console-address.sh', deployed);
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('--redirect-uri https://func-warden.azurewebsites.net/');
  });

  it('is printed where the caller may not change the application, and does not fail the deployment', async () => {
    world.rules = [
      { call: '^az cloud show', stdout: 'https://graph.microsoft.com/\n' },
      { call: '^az rest', code: 1, stderr: 'Authorization_RequestDenied\n' },
    ];
    const { code, stderr } = await world.run('console-address.sh', {
      ...deployed,
      HSM_WARDEN_ENTRA_MANAGED: 'true',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Entra does not know the address of the console yet');
  });
});

describe('the notification channels', () => {
  const deployed = {
    ...OUTPUTS,
    HSM_WARDEN_APPLY_ROLES: 'yes',
    HSM_WARDEN_CHANNELS: 'ops,pager',
    AZURE_RESOURCE_GROUP: 'rg-warden',
    AZURE_SUBSCRIPTION_ID: '11111111-1111-4111-8111-111111111111',
  };
  const INIT = `npm run --silent warden -- init deployed --resource-group rg-warden --subscription ${deployed.AZURE_SUBSCRIPTION_ID}`;
  const TEST = 'npm run --silent warden -- notify test --profile deployed';
  beforeEach(() => {
    world.rules = [...EMPTY, { call: '^npm run --silent warden -- (init|notify test) ' }];
  });
  const tried = (calls: readonly string[]) => calls.filter((call) => !call.includes(' roles '));

  it('are tried by the settings of the apps, and pass when each accepts', async () => {
    const { code, calls } = await world.run('postdeploy.sh', deployed);
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [INIT, TEST] });
  });

  it.each([
    ['one accepts nothing', '^npm run --silent warden -- notify test', 'A channel is not confirmed'],
    ['the settings cannot be read', '^npm run --silent warden -- init', 'no channel is confirmed'],
  ])('fail the report while %s, and say how to try again', async (_what, call, says) => {
    world.rules = [{ call, code: 1 }, ...world.rules];
    const { code, stderr } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toContain('azd hooks run postdeploy');
  });

  it('fail the report also where the roles are left to somebody', async () => {
    world.rules = [{ call: '^npm run --silent warden -- notify test', code: 1 }, ...world.rules];
    const { code, stderr } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_APPLY_ROLES: 'later',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('CANNOT do their work');
  });

  it('are left to somebody where that is wanted, which is said', async () => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_TEST_CHANNELS: 'later',
    });
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('Nobody has tried the channels ops,pager yet');
  });

  it('are not tried where there are none, which is said', async () => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_CHANNELS: '',
    });
    expect({ code, calls: tried(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('notifies nobody');
  });

  it('fail with a word that is none', async () => {
    expect(
      await world.run('postdeploy.sh', { ...deployed, HSM_WARDEN_TEST_CHANNELS: 'perhaps' }),
    ).toMatchObject({ code: 1 });
  });
});

describe('the drill app', () => {
  const PRINCIPAL = '55555555-5555-4555-8555-555555555555';
  const HSMS = '[{"name":"drill","resourceGroupName":"rg-drill"}]';
  const deployed = {
    ...OUTPUTS,
    HSM_WARDEN_APPLY_ROLES: 'yes',
    AZURE_RESOURCE_GROUP: 'rg-warden',
    HSM_WARDEN_DRILL_HSMS_JSON: HSMS,
    HSM_WARDEN_DRILL_APP: 'func-drill',
    HSM_WARDEN_DRILL_PRINCIPAL: PRINCIPAL,
  };
  const SEND =
    'az functionapp deployment source config-zip --resource-group rg-warden --name func-drill --src dist/drill.zip --output none';
  const CHECK = `npm run --silent warden -- roles check --hsm-name drill --drill-principal ${PRINCIPAL}`;
  beforeEach(() => {
    world.rules = [
      { call: '^npm run --silent package$' },
      { call: '^az functionapp deployment source config-zip ' },
      ...EMPTY,
    ];
  });
  const drills = (calls: readonly string[]) => calls.filter((call) => /drill|package/.test(call));

  it('gets its package and its role where a drill HSM is named', async () => {
    const { code, calls } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(0);
    expect(drills(calls)).toEqual([
      'npm run --silent package',
      SEND,
      `npm run --silent warden -- roles apply --hsm-name drill --drill-principal ${PRINCIPAL} --yes`,
      CHECK,
    ]);
  });

  it('is sought in the subscription that the environment names', async () => {
    const { calls } = await world.run('postdeploy.sh', {
      ...deployed,
      AZURE_SUBSCRIPTION_ID: '11111111-1111-4111-8111-111111111111',
      HSM_WARDEN_CHANNELS: '',
    });
    expect(calls.find((call) => call.includes('config-zip'))).toContain(
      '--subscription 11111111-1111-4111-8111-111111111111',
    );
  });

  it.each(['HSM_WARDEN_DRILL_APP', 'HSM_WARDEN_DRILL_PRINCIPAL'])(
    'is missed where a drill HSM is named and the deployment has no %s',
    async (output) => {
      const { code, stderr, calls } = await world.run('postdeploy.sh', { ...deployed, [output]: '' });
      expect({ code, calls: drills(calls) }).toEqual({ code: 1, calls: [] });
      expect(stderr).toContain('the deployment has no drill app');
    },
  );

  it.each(['', '[]'])('gets nothing where no drill HSM is named (%j), which is said', async (named) => {
    const { code, stderr, calls } = await world.run('postdeploy.sh', {
      ...deployed,
      HSM_WARDEN_DRILL_HSMS_JSON: named,
    });
    expect({ code, calls: drills(calls) }).toEqual({ code: 0, calls: [] });
    expect(stderr).toContain('Restores are unproven');
  });

  it.each([
    ['its package cannot be made', '^npm run --silent package', 'package of the drill app could not be made'],
    ['its package is refused', '^az functionapp', 'no drill runs'],
    ['somebody else may use the drill HSM', `${ROLES} check --hsm-name drill`, 'CANNOT prove anything yet'],
  ])('fails the report while %s, after the other apps have their roles', async (_what, call, says) => {
    world.rules = [{ call, code: 1 }, ...world.rules];
    const { code, stderr, calls } = await world.run('postdeploy.sh', deployed);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(calls).toContain('npm run --silent warden -- roles check --hsm-name new');
  });

  it('changes no role of a drill HSM unless that is wanted', async () => {
    world.rules = [{ call: `${ROLES} check --hsm-name drill` }, ...world.rules];
    const { code, calls } = await world.run('drill-app.sh', { ...deployed, HSM_WARDEN_APPLY_ROLES: 'check' });
    expect({ code, applied: applied(calls) }).toEqual({ code: 0, applied: [] });
  });
});
