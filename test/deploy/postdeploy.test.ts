/** What the hook after a deployment does with roles, and with the address of the console. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applied, BACKUP, EMPTY, OUTPUTS, RECOVERY, ROLES } from './support/after-deploy.ts';
import { HookWorld } from './support/hook-world.ts';

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(EMPTY);
});
afterEach(() => world.close());

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
