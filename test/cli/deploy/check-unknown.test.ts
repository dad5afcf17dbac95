/** `deploy check` where it cannot see, and how it is called. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../support/cli.ts';
import { deployCheck } from './support/deploy-check.ts';
import { type ArmTable, list, refused } from './support/fake-arm.ts';
import { BACKUPS, ENVIRONMENT, GROUP, HSM, PERMISSIONS, READY, SUB } from './support/ready-subscription.ts';

const { arm, check, command, folder, reach } = deployCheck();

describe('deploy check says that it is unknown', () => {
  it.each(
    Object.keys(READY).filter(
      (call) => call !== `GET ${SUB}` && call !== `GET ${GROUP}` && call !== `GET ${BACKUPS}`,
    ),
  )('what it may not read, and never that all is well: %s', async (call) => {
    const { code, findings } = await check({ [call]: refused(403, 'AuthorizationFailed') });
    const needless = call === `GET ${SUB}/${PERMISSIONS}` || /checkMhsm|deletedManagedHSMs/.test(call);
    expect(code).toBe(needless ? 0 : 2);
    expect(findings.some(({ result }) => result === 'unknown')).toBe(!needless);
    expect(findings.filter(({ result }) => result === 'fail')).toEqual([]);
  });

  it.each<[string, ArmTable]>([
    ['an answer that is no list', { [`GET ${SUB}/providers`]: { body: { nothing: true } } }],
    ['an answer that is no JSON', { [`GET ${SUB}/locations`]: { body: undefined } }],
    [
      'a service that fails',
      { [`GET ${SUB}/providers/Microsoft.Storage/skus`]: refused(400, 'InternalError') },
    ],
    [
      'a list that goes on elsewhere',
      { [`GET ${SUB}/providers`]: { body: { value: [], nextLink: 'https://elsewhere.example/next' } } },
    ],
    [
      'a right that a condition narrows',
      {
        [`GET ${GROUP}/${PERMISSIONS}`]: list([
          { actions: ['*'], notActions: ['Microsoft.Authorization/roleAssignments/write'] },
          { actions: ['Microsoft.Authorization/roleAssignments/write'], notActions: [], condition: '(…)' },
        ]),
      },
    ],
    [
      'a quota that Azure does not list',
      { [`GET ${SUB}/providers/Microsoft.Storage/locations/westeurope/usages`]: list([]) },
    ],
  ])('with %s', async (_what, changes) => {
    const { code, findings } = await check(changes);
    expect(code).toBe(2);
    expect(findings.filter(({ result }) => result === 'unknown')).toHaveLength(1);
  });

  it('when a list goes on at another service, which gets no token', async () => {
    // The same server by another name: what is followed would be seen, and answered.
    const elsewhere = arm().url.replace('127.0.0.1', 'localhost');
    const from = arm().requests.length;
    const { code, findings } = await check({
      [`GET ${SUB}/providers`]: { body: { value: [], nextLink: `${elsewhere}/stolen?api-version=1` } },
      'GET /stolen': list([]),
    });
    expect(code).toBe(2);
    expect(findings.find(({ result }) => result === 'unknown')?.detail).toContain('at another service');
    expect(
      arm()
        .requests.slice(from)
        .filter((request) => request.includes('/stolen')),
    ).toEqual([]);
  });

  it('for people, too', async () => {
    arm().table = { ...READY, [`GET ${SUB}/locations`]: refused(403, 'AuthorizationFailed') };
    const { code, stdout } = await command(ENVIRONMENT, []);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^\?{4} {2}region \(westeurope\): it could not be read: it answered 403 AuthorizationFailed$/m,
    );
    expect(stdout).toContain('Nothing has to be fixed; 1 thing could not be seen; 0 warnings.');
  });

  it('a failure counts more than what could not be read', async () => {
    const { code } = await check({
      [`GET ${SUB}/locations`]: refused(403, 'AuthorizationFailed'),
      [`GET ${HSM}`]: refused(404, 'ResourceNotFound'),
    });
    expect(code).toBe(1);
  });
});

describe('the command line of deploy check', () => {
  it.each([
    ['AZURE_SUBSCRIPTION_ID', ''],
    ['AZURE_SUBSCRIPTION_ID', 'production'],
    ['AZURE_RESOURCE_GROUP', ''],
    ['AZURE_RESOURCE_GROUP', '../rg'],
    ['AZURE_LOCATION', ''],
    ['AZURE_LOCATION', 'west/europe'],
  ])('is refused with %s=%s', async (name, value) => {
    const { code, stdout, stderr } = await check({}, { [name]: value });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(name);
  });

  it.each([
    ['a file that is not there', 'missing.json', undefined],
    ['a file that is no JSON', 'text.json', 'hsms'],
    ['a file of another form', 'other.json', '{"hsms":[]}'],
    ['an HSM whose name is none', 'names.json', '{"parameters":{"hsms":{"value":[{"name":"../x"}]}}}'],
  ])('is refused with %s', async (_what, name, text) => {
    const path = join(folder(), name);
    if (text !== undefined) await writeFile(path, text);
    expect(await check({}, {}, ['--parameters', path])).toMatchObject({ code: 2, stdout: '' });
  });

  it('keeps a token of this machine from Azure', async () => {
    const ran = await run(['deploy', 'check', '--token-file', join(folder(), 'token')], {
      environment: ENVIRONMENT,
    });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
  });

  it('ends at once when it is interrupted', async () => {
    arm().table = READY;
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    expect(await run(['deploy', 'check', ...reach()], { environment: ENVIRONMENT, signal })).toMatchObject({
      code: 130,
      stdout: '',
    });
  });
});
