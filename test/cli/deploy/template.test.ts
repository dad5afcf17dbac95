import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../../src/cli/deploy/check-subscription.ts';
import { globalNames } from '../../../src/cli/deploy/names.ts';
import { Parameters } from '../../../src/cli/deploy/parameters.ts';
import { BACKUP_ACTIONS, GROUP_ACTIONS, NETWORK_ACTIONS } from '../../../src/cli/deploy/rights.ts';
import { readTarget } from '../../../src/cli/deploy/target.ts';
import { uniqueString } from '../../../src/cli/deploy/unique-string.ts';
import { findBicep } from '../../../tools/infra/bicep-cli.ts';
import { Snapshot } from '../../../tools/infra/snapshot.ts';
import { ENVIRONMENT } from './support/ready-subscription.ts';

const SNAPSHOTS = ['defaults', 'hardened', 'max'].map((name) =>
  Snapshot.parse(JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'))),
);
const RESOURCES = SNAPSHOTS.flatMap(({ predictedResources }) => predictedResources);
const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden';

/** `Microsoft.Web/sites` of `Microsoft.Web/sites/config`. */
function topLevel(type: string): string {
  return type.split('/').slice(0, 2).join('/');
}

/** Types that are made in the group with this id. */
function typesIn(group: string): readonly string[] {
  const here = RESOURCES.filter(({ id }) => id.startsWith(`${group}/`));
  return [...new Set(here.map(({ type }) => topLevel(type)))].filter(
    (type) => type !== 'Microsoft.Resources/deployments',
  );
}

describe('uniqueString', () => {
  // Made by the Bicep compiler 0.49.2: every length of the last part, and letters of more than one byte.
  it.each([
    ['', 'aaaaaaaaaaaaa'],
    ['a', 'eveiun73364hy'],
    ['ab', 'twldla3s3qb3q'],
    ['abc', 'cgtzqvhu4i23s'],
    ['abcd', '2vkzoblxv4fya'],
    ['abcde', '5a3qs7ylzrs64'],
    ['abcdef', 'rmkkamh3kazwq'],
    ['abcdefg', 'logmp4qgzfm46'],
    ['abcdefgh', 'q7ncvd5x2rx4e'],
    ['abcdefghi', 'zignisl6otg3u'],
    ['abcdefghijklmnopq', '2ahal3dpckrxy'],
    ['Ünïcode ☃', '2m7i6kee2zkdi'],
    [GROUP, 'w3j23au7fj2oi'],
  ])('makes of %j what the compiler makes', (text, unique) => {
    expect(uniqueString(text)).toBe(unique);
  });
});

describe('the check knows of the template', () => {
  const made = new Set(RESOURCES.map(({ id }) => id.split('/').at(-1)));
  const names = globalNames('warden', GROUP);

  it.each([...names.storageAccounts, ...names.apps, names.eventHubNamespace])('the name %s', (name) => {
    expect(made).toContain(name);
  });

  it('names of storage accounts, whatever the prefix', () => {
    for (const prefix of ['a-b', 'Warden', 'x1-y2-z3']) {
      for (const name of globalNames(prefix, GROUP).storageAccounts) expect(name).toMatch(/^[a-z0-9]{3,24}$/);
    }
  });

  it('every resource provider, and Microsoft.App, which is in no resource', () => {
    const used = new Set(RESOURCES.map(({ type }) => type.split('/')[0] ?? ''));
    used.delete('Microsoft.Resources');
    expect([...PROVIDERS]).toEqual([...used, 'Microsoft.App'].sort());
  });

  it('the action that makes each resource in its group', () => {
    const known = new Set([...GROUP_ACTIONS, ...NETWORK_ACTIONS]);
    // A new HSM is checked with the group that it gets.
    known.add('Microsoft.KeyVault/managedHSMs/write');
    expect(typesIn(GROUP).filter((type) => !known.has(`${type}/write`))).toEqual([]);
  });

  it('the action that makes each resource in the group of the backups', () => {
    expect(typesIn(`${GROUP}-backups`).length).toBeGreaterThan(0);
    expect(typesIn(`${GROUP}-backups`).filter((type) => !BACKUP_ACTIONS.includes(`${type}/write`))).toEqual(
      [],
    );
  });

  it.each<[keyof ReturnType<typeof Parameters.parse>, string]>([
    ['namePrefix', "'warden'"],
    ['hostStorageSkuName', "'Standard_ZRS'"],
    ['privateNetworking', 'true'],
  ])('the default of %s', (name, literal) => {
    const template = readFileSync('infra/main.bicep', 'utf8');
    expect(template).toMatch(new RegExp(`^param ${name} .*= ${literal}$`, 'm'));
    expect(`${Parameters.parse({})[name]}`).toBe(literal.replaceAll("'", ''));
  });
});

describe('infra/hooks/providers.sh', () => {
  it('registers the providers that the check demands', () => {
    const [, text = ''] =
      /^providers='([^']+)'/m.exec(readFileSync('infra/hooks/providers.sh', 'utf8')) ?? [];
    expect(text.split(/\s+/)).toEqual([...PROVIDERS]);
  });
});

const bicep = findBicep(process.env);

describe.runIf(bicep !== undefined)('the parameters that the compiler makes of infra/main.bicepparam', () => {
  it('are those that the environment of azd means', async () => {
    const environment = { ...ENVIRONMENT, HSM_WARDEN_HSM_NAMES: 'contoso, fabrikam' };
    const built = spawnSync(bicep ?? '', ['build-params', 'infra/main.bicepparam', '--stdout'], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    const folder = mkdtempSync(join(tmpdir(), 'warden-params-'));
    try {
      const path = join(folder, 'parameters.json');
      writeFileSync(path, built.stdout);

      const compiled = await readTarget({ parameters: path }, environment);

      expect(compiled).toEqual(await readTarget({}, environment));
      expect(compiled.hsms.map(({ name, resourceGroup }) => [name, resourceGroup])).toEqual([
        ['contoso', 'rg-hsm'],
        ['fabrikam', 'rg-hsm'],
      ]);
      expect(compiled).toMatchObject({ backupResourceGroup: 'rg-warden-backups', receivers: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
