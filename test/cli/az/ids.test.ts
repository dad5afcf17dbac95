import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestLocalRoles } from '../../../src/adapters/localrbac/local-roles.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { cloudOf } from '../../../src/cli/connect/clouds.ts';
import type { CliWorld } from '../support/cli-world.ts';
import { az, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
let version: string;

beforeAll(async () => {
  world = await startAzWorld();
  version = (await world.client().getKey('rsa')).properties.version ?? '';
});
afterAll(() => world?.close());

/** The URLs of one key that people have: from az, from the service, from the portal, typed. */
const FORMS = [
  'https://contosohsm.managedhsm.azure.net/keys/rsa',
  'https://ContosoHSM.managedhsm.azure.net/keys/rsa/',
  'HTTPS://CONTOSOHSM.MANAGEDHSM.AZURE.NET/KEYS/RSA',
  'https://contosohsm.managedhsm.azure.net/keys/rsa/VERSION',
  'https://contosohsm.managedhsm.azure.net/keys/rsa/VERSION/',
  'https://contosohsm.managedhsm.azure.net/deletedkeys/rsa',
  'https://ContosoHSM.managedhsm.azure.net/deletedKeys/rsa/',
  'https://contosohsm.managedhsm.usgovcloudapi.net/keys/rsa',
  'https://contosohsm.managedhsm.azure.cn/deletedKeys/rsa',
];

describe.each(FORMS)('the id %s', (form) => {
  it.each([
    'key show',
    'key list-versions',
    'key rotation-policy show',
    'key get-attestation',
    'key set-attributes --tags a=b',
    'key sign -a RS256 --digest QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=',
  ])('names the key for %s', async (line) => {
    const ran = await az(world, `${line} --id ${form.replace('VERSION', version)}`);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/rsa|attestation|createdOn/i);
  });
});

describe('an id', () => {
  it('with a version means that version', async () => {
    const [first] = JSON.parse(
      (await az(world, 'key list-versions --hsm-name ContosoHSM --name rsa')).stdout,
    );
    const { stdout } = await az(world, `key show --id ${first.kid} --query key.kid -o tsv`);
    expect(stdout.trimEnd()).toBe(first.kid);
  });

  it.each([
    'https://contosohsm.managedhsm.azure.net/',
    'https://contosohsm.managedhsm.azure.net/secrets/rsa',
    'https://contosohsm.managedhsm.azure.net/keys/rsa/1',
    'https://contosohsm.managedhsm.azure.net/keys/r_sa',
    'http://contosohsm.managedhsm.azure.net/keys/rsa',
    'rsa',
  ])('that names no key is refused: %s', async (id) => {
    expect(await az(world, `key show --id ${id}`)).toMatchObject({ code: 2, stdout: '' });
  });

  it('is taken by every command of az that is about a key or an HSM', () => {
    const without = COMMANDS.filter(
      ({ isAz, options }) => isAz && !options.some(({ flags }) => flags === '--id <url>'),
    );
    expect(without.map(({ path }) => path)).toEqual(['key get-policy-template']);
  });

  it.each([
    ['https://a.managedhsm.azure.net/keys/k', 'AzureCloud'],
    ['https://A.MANAGEDHSM.USGOVCLOUDAPI.NET/keys/k', 'AzureUSGovernment'],
    ['https://a.managedhsm.azure.cn/', 'AzureChinaCloud'],
    ['https://a.example.com/', undefined],
    ['no url', undefined],
    [undefined, undefined],
  ])('%s says in which cloud to sign in: %s', (url, cloud) => {
    expect(cloudOf(url)).toBe(cloud);
  });

  it('of a host that is no HSM gets no token', () => {
    const getToken = async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 });
    const options = { hsm: 'x', clock: systemClock, credential: { getToken } };
    for (const url of ['https://example.com', 'https://managedhsm.azure.net.example.com']) {
      expect(() => new RestLocalRoles({ ...options, url })).toThrow('no token is sent to it');
    }
  });
});
