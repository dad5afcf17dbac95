import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { type Environment, readConfig } from '../../../src/platform/config/config.ts';

const AZURE: Environment = {
  WARDEN_HSMS: 'contoso',
  WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
};
const LOCAL: Environment = {
  WARDEN_HSMS: 'contoso=https://127.0.0.1:8443',
  WARDEN_CREDENTIAL: 'token-file',
  WARDEN_TOKEN_FILE: 'token',
  WARDEN_CA_FILE: 'ca.pem',
  WARDEN_STORAGE_CONNECTION: 'UseDevelopmentStorage=true',
};

/** The message of the refusal, or nothing. */
function refusal(environment: Environment): string {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return error instanceof WardenError && error.code === 'settings-invalid' ? error.message : String(error);
  }
}

describe('the settings', () => {
  it('need little in Azure: the HSMs and the storage account', () => {
    expect(readConfig(AZURE)).toMatchObject({
      hsms: [
        {
          name: 'contoso',
          url: 'https://contoso.managedhsm.azure.net',
          pace: 8,
          resource: 'https://contoso.managedhsm.azure.net',
        },
      ],
      credential: { kind: 'managed-identity' },
      storage: {
        kind: 'identity',
        backupUrl: 'https://backups.blob.core.windows.net',
        stateUrl: 'https://backups.blob.core.windows.net',
        queueUrl: 'https://backups.queue.core.windows.net',
      },
      schedule: '0 0 2 * * *',
      refreshMs: 7 * 86_400_000,
    });
  });

  it('take local emulators with a token file and a connection string on loopback', () => {
    expect(readConfig(LOCAL)).toMatchObject({
      credential: { kind: 'token-file', tokenFile: 'token' },
      caFile: 'ca.pem',
      storage: { kind: 'connection' },
    });
  });

  it.each([
    ['one', 16],
    ['one,two', 8],
    ['one,two,three', 5],
    ['one,two,three,four', 4],
    ['one,two,three,four,five', 4],
  ])('lets the HSMs %s have %i keys under way each', (hsms, expected) => {
    expect(readConfig({ ...AZURE, WARDEN_HSMS: hsms }).concurrency).toBe(expected);
    expect(readConfig({ ...AZURE, WARDEN_HSMS: hsms, WARDEN_CONCURRENCY: '6' }).concurrency).toBe(6);
  });

  it('take several HSMs, each with its own URL and pace', () => {
    const text =
      '[{"name":"contoso","pace":5},{"name":"fabrikam","url":"https://fabrikam.managedhsm.azure.cn"}]';
    expect(readConfig({ ...AZURE, WARDEN_HSMS: text }).hsms).toMatchObject([
      { name: 'contoso', url: 'https://contoso.managedhsm.azure.net', pace: 5 },
      { name: 'fabrikam', url: 'https://fabrikam.managedhsm.azure.cn', pace: 8 },
    ]);
  });

  it('treat an empty value like an absent one', () => {
    expect(readConfig({ ...AZURE, WARDEN_PACE: ' ' }).hsms[0]?.pace).toBe(8);
  });

  it.each([
    ['no HSM', { ...AZURE, WARDEN_HSMS: undefined }, 'WARDEN_HSMS'],
    ['an empty list of HSMs', { ...AZURE, WARDEN_HSMS: '[]' }, 'at least one HSM'],
    ['an HSM over http', { ...AZURE, WARDEN_HSMS: 'contoso=http://contoso' }, 'https URL'],
    ['an HSM named like the folder of pinned backups', { ...AZURE, WARDEN_HSMS: 'pinned' }, 'another name'],
    ['an HSM named like the folder of public keys', { ...AZURE, WARDEN_HSMS: 'Public-Keys' }, 'another name'],
    ['a name of two letters', { ...AZURE, WARDEN_HSMS: 'ab' }, 'HSM name'],
    ['a pace of more than the service allows', { ...AZURE, WARDEN_PACE: '10.1' }, 'WARDEN_PACE'],
    ['a pace of nothing', { ...AZURE, WARDEN_PACE: '0' }, 'WARDEN_PACE'],
    ['a pace that is no number', { ...AZURE, WARDEN_PACE: 'fast' }, 'WARDEN_PACE'],
    ['a schedule of five fields', { ...AZURE, WARDEN_SCHEDULE: '0 2 * * *' }, 'WARDEN_SCHEDULE'],
    ['a schedule that never fires', { ...AZURE, WARDEN_SCHEDULE: '0 0 2 30 2 *' }, 'WARDEN_SCHEDULE'],
    [
      'a refresh after more than the longest retention',
      { ...AZURE, WARDEN_REFRESH_DAYS: '91' },
      'WARDEN_REFRESH_DAYS',
    ],
    [
      'a container with capitals',
      { ...AZURE, WARDEN_BACKUP_CONTAINER: 'Backups' },
      'WARDEN_BACKUP_CONTAINER',
    ],
    ['no storage', { ...AZURE, WARDEN_BACKUP_URL: undefined }, 'WARDEN_BACKUP_URL'],
    [
      'storage over http',
      { ...AZURE, WARDEN_BACKUP_URL: 'http://backups.blob.core.windows.net' },
      'https for anything but loopback',
    ],
    [
      'two kinds of storage',
      { ...AZURE, WARDEN_STORAGE_CONNECTION: 'UseDevelopmentStorage=true' },
      'one of the two',
    ],
    [
      'a connection string to Azure',
      {
        ...LOCAL,
        WARDEN_STORAGE_CONNECTION: 'AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net',
      },
      'loopback',
    ],
    [
      'a connection string with only one end on loopback',
      { ...LOCAL, WARDEN_STORAGE_CONNECTION: 'BlobEndpoint=http://127.0.0.1:10000/a;AccountKey=c2VjcmV0' },
      'loopback',
    ],
    ['the token of an emulator for an HSM in Azure', { ...LOCAL, WARDEN_HSMS: 'contoso' }, 'on loopback'],
    ['a token file that is not named', { ...LOCAL, WARDEN_TOKEN_FILE: undefined }, 'WARDEN_TOKEN_FILE'],
    ['a CA of our own in Azure', { ...AZURE, WARDEN_CA_FILE: 'ca.pem' }, 'on loopback'],
    [
      'a blob endpoint from whose name no queue endpoint follows',
      { ...AZURE, WARDEN_BACKUP_URL: 'https://backups.contoso.com' },
      'WARDEN_QUEUE_URL',
    ],
    ['a time budget that the host cuts short', { ...AZURE, WARDEN_BUDGET_SECONDS: '1501' }, 'at most 1500'],
    [
      'a time budget in which a list of keys would not end',
      { ...AZURE, WARDEN_BUDGET_SECONDS: '59' },
      'at least 60',
    ],
    ['a pattern that no key name can match', { ...AZURE, WARDEN_INCLUDE: 'prod_*' }, 'WARDEN_INCLUDE'],
    ['an exclusion that no key name can match', { ...AZURE, WARDEN_EXCLUDE: 'temp?' }, 'WARDEN_EXCLUDE'],
    ['a misspelt setting', { ...AZURE, WARDEN_SHEDULE: '0 0 3 * * *' }, 'WARDEN_SHEDULE'],
  ])('refuse %s', (_case, environment, named) => {
    expect(refusal(environment)).toContain(named);
  });

  it('list all problems together', () => {
    const text = refusal({ WARDEN_PACE: '11', WARDEN_CONCURRENCY: '0', WARDEN_TYPO: '1' });
    for (const name of [
      'WARDEN_PACE',
      'WARDEN_CONCURRENCY',
      'WARDEN_TYPO',
      'WARDEN_HSMS',
      'WARDEN_BACKUP_URL',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('never repeat a connection string', () => {
    expect(
      refusal({ ...LOCAL, WARDEN_STORAGE_CONNECTION: 'AccountName=a;AccountKey=c2VjcmV0' }),
    ).not.toContain('c2VjcmV0');
  });
});
