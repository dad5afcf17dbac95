import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/frame/exit-codes.ts';
import { type FakeArm, list, refused, startFakeArm, TOKEN } from './deploy/support/fake-arm.ts';
import { run } from './support/cli.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const SITES = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-warden/providers/Microsoft.Web/sites`;
const SHARED = {
  WARDEN_HSMS: '[{"name":"contoso"}]',
  WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net',
  WARDEN_STATE_URL: 'https://state.blob.core.windows.net',
  WARDEN_CREDENTIAL: 'managed-identity',
  WARDEN_CLIENT_ID: '00000000-0000-0000-0000-0000000000aa',
};
const TENANT = '11111111-2222-4333-8444-555555555555';

let arm: FakeArm;
let home = '';

beforeAll(async () => {
  arm = await startFakeArm();
});
afterAll(() => arm?.close());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'warden-profile-'));
  await writeFile(join(home, 'ca.pem'), arm.caPem);
  await writeFile(join(home, 'token'), TOKEN);
  const site = (name: string) => ({ name, kind: 'functionapp,linux' });
  arm.table = {
    [`GET ${SITES}`]: list([site('app-backup'), site('app-recovery'), { name: 'shop', kind: 'app' }]),
    'GET /subscriptions': list([{ subscriptionId: SUBSCRIPTION, displayName: 'Production' }]),
    [`POST ${SITES}/app-backup/config/appsettings/list`]: {
      body: { properties: { ...SHARED, WARDEN_EXCLUDE: 'test-*', AzureWebJobsStorage__accountName: 'x' } },
    },
    [`POST ${SITES}/app-recovery/config/appsettings/list`]: {
      body: {
        properties: {
          ...SHARED,
          WARDEN_AUTH_TENANT: TENANT,
          WARDEN_AUTH_AUDIENCE: TENANT,
          WARDEN_ORIGIN: 'https://app-recovery.azurewebsites.net',
          WARDEN_WEBHOOK_SECRETS: `{"alerts":["whsec_${'A'.repeat(43)}="]}`,
          WARDEN_APPROVAL_GROUPS: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/g)',
        },
      },
    },
  };
});
afterEach(() => rm(home, { recursive: true, force: true }));

const warden = (args: readonly string[], environment = {}, stdin = '') =>
  run(args, { environment: { XDG_CONFIG_HOME: home, ...environment }, folder: home, stdin });
const init = (...args: readonly string[]) =>
  warden([
    ...['init', ...args, '--resource-manager', arm.url],
    ...['--ca-file', join(home, 'ca.pem'), '--token-file', join(home, 'token')],
  ]);
const profile = async (name: string) =>
  JSON.parse(await readFile(join(home, 'hsm-warden', 'profiles', `${name}.json`), 'utf8'));

async function azd(values: Readonly<Record<string, string>>) {
  await mkdir(join(home, '.azure', 'warden'), { recursive: true });
  await writeFile(join(home, '.azure', 'config.json'), '{"version":1,"defaultEnvironment":"warden"}');
  const text = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
  await writeFile(join(home, '.azure', 'warden', '.env'), text.join(''));
}

describe('hsm-warden init', () => {
  it('reads the settings of both apps in a group, and keeps no secret and no identity of an app', async () => {
    const { code, stdout } = await init('--resource-group', 'rg-warden');
    expect(code).toBe(0);
    expect(stdout).toContain('Profile rg-warden is in use: contoso.');
    const { WARDEN_CREDENTIAL: _credential, WARDEN_CLIENT_ID: _client, ...kept } = SHARED;
    expect(await profile('rg-warden')).toEqual({
      format: 1,
      cloud: 'AzureCloud',
      settings: {
        ...kept,
        WARDEN_EXCLUDE: 'test-*',
        WARDEN_AUTH_TENANT: TENANT,
        WARDEN_AUTH_AUDIENCE: TENANT,
        WARDEN_ORIGIN: 'https://app-recovery.azurewebsites.net',
      },
    });
    expect((await stat(join(home, 'hsm-warden', 'profiles', 'rg-warden.json'))).mode & 0o077).toBe(0);
    expect(arm.bad).toEqual([]);
  });

  it('takes the default environment of azd, where azd was used in the folder', async () => {
    await azd({ AZURE_SUBSCRIPTION_ID: SUBSCRIPTION, AZURE_RESOURCE_GROUP: 'rg-warden' });
    expect((await init()).stdout).toContain('Profile warden is in use: contoso.');
    expect((await warden(['use', '-o', 'json'])).stdout).toContain('"inUse": true');
  });

  it.each([
    [
      'an environment that was never deployed',
      { AZURE_SUBSCRIPTION_ID: SUBSCRIPTION },
      'AZURE_RESOURCE_GROUP',
    ],
    [
      'a group without the apps',
      { AZURE_SUBSCRIPTION_ID: SUBSCRIPTION, AZURE_RESOURCE_GROUP: 'other' },
      'could not be read',
    ],
  ])('says what is missing in %s, and writes nothing', async (_case, values, words) => {
    await azd(values);
    const { code, stderr } = await init();
    expect(stderr).toContain(words);
    expect(code).toBe(2);
    expect((await warden(['use'])).stdout).toContain('There is no profile.');
  });

  it('names the right that is missing, and the other way', async () => {
    arm.table = {
      ...arm.table,
      [`POST ${SITES}/app-backup/config/appsettings/list`]: refused(403, 'AuthorizationFailed'),
    };
    const { code, stderr } = await init('--resource-group', 'rg-warden');
    expect(stderr).toContain('Microsoft.Web/sites/config/list/action');
    expect(stderr).toContain('hsm-warden init --ask');
    expect(code).toBe(2);
  });

  it('asks which subscription where there are several', async () => {
    const two = ['Production', 'Test'].map((displayName, index) => ({
      subscriptionId: `00000000-0000-0000-0000-00000000000${index}`,
      displayName,
    }));
    arm.table = { ...arm.table, 'GET /subscriptions': list(two) };
    const { stderr } = await init('--resource-group', 'rg-warden');
    expect(stderr).toContain(
      'Add --subscription with one of: 00000000-0000-0000-0000-000000000000 (Production)',
    );
  });

  it('asks for the settings, again for one that is wrong', async () => {
    const answers = ['contoso', 'nonsense', 'https://backups.blob.core.windows.net', '', '', '', '', ''];
    const ran = await warden(['init', 'night', '--ask'], {}, `${answers.join('\n')}\n`);
    expect(ran.stderr).toContain('expected a URL');
    expect(ran.code).toBe(0);
    expect((await profile('night')).settings).toEqual({
      WARDEN_HSMS: 'contoso',
      WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net',
    });
  });

  it('replaces no profile unless that is asked for', async () => {
    const answers = 'contoso\nhttps://backups.blob.core.windows.net\n';
    await warden(['init', 'night', '--ask'], {}, answers);
    const again = await warden(['init', 'night', '--ask'], {}, answers.replace('contoso', 'fabrikam'));
    expect(again.code).toBe(EXIT_CODES.refused.code);
    expect((await profile('night')).settings.WARDEN_HSMS).toBe('contoso');
    expect((await warden(['init', 'night', '--ask', '--force'], {}, answers)).code).toBe(0);
  });

  it.each(['../evil', 'A', 'a/b', ''])('takes no profile name %j', async (name) => {
    expect((await warden(['init', name, '--ask'], {}, 'contoso\n')).code).toBe(2);
  });
});

describe('a profile', () => {
  const answers = (hsm: string) => `${hsm}\nhttps://backups.blob.core.windows.net\n`;
  beforeEach(async () => {
    await warden(['init', 'one', '--ask'], {}, answers('contoso'));
    await warden(['init', 'two', '--ask'], {}, answers('fabrikam'));
  });
  const hsmsOf = async (args: readonly string[], environment = {}) => {
    // An HSM that the settings do not name is answered before anything is asked.
    const { stderr } = await warden(['backup', 'list', '--hsm', 'nowhere', ...args], environment);
    return /Protected: (.*)\. Everything/.exec(stderr)?.[1];
  };

  it.each([
    ['the last that init wrote', [], {}, 'fabrikam'],
    ['that of --profile', ['--profile', 'one'], {}, 'contoso'],
    ['that of HSM_WARDEN_PROFILE', [], { HSM_WARDEN_PROFILE: 'one' }, 'contoso'],
    [
      'that of --profile alone, whatever the environment says',
      ['--profile', 'one'],
      { WARDEN_HSMS: 'northwind', WARDEN_BACKUP_URL: 'https://other.blob.core.windows.net' },
      'contoso',
    ],
    [
      'none where the environment names a deployment',
      [],
      { WARDEN_HSMS: 'northwind', WARDEN_BACKUP_URL: 'https://other.blob.core.windows.net' },
      'northwind',
    ],
  ])('counts: %s', async (_case, args, environment, hsms) => {
    expect(await hsmsOf(args, environment)).toBe(hsms);
  });

  it('is chosen with use, and listed', async () => {
    expect((await warden(['use', 'one'])).stdout).toMatch(/one +yes/);
    expect(await hsmsOf([])).toBe('contoso');
    const unknown = await warden(['use', 'three']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('There are: one, two.');
  });

  it('that cannot be understood is said to be so, with the way to write it again', async () => {
    await writeFile(join(home, 'hsm-warden', 'profiles', 'two.json'), '{"format":9}');
    const { code, stderr } = await warden(['status']);
    expect(code).toBe(2);
    expect(stderr).toContain('hsm-warden init two --force');
  });
});
