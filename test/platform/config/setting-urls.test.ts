import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.ts';

const SOUND = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://a.blob.core.windows.net' };

function problemOf(change: Readonly<Record<string, string>>): string {
  try {
    readConfig({ ...SOUND, ...change });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the URL of an HSM', () => {
  it.each([
    ['https://contoso.managedhsm.azure.net/keys', 'found /keys'],
    ['https://contoso.managedhsm.azure.net/keys/orders/', 'found /keys/orders'],
    ['https://contoso.managedhsm.azure.net/?api-version=7.4', 'no query'],
    ['https://me:secret@contoso.managedhsm.azure.net', 'no user'],
    ['https://contoso.managedhsm.azure.net/#x', 'nothing after #'],
    ['http://contoso.managedhsm.azure.net', 'https URL'],
  ])('is refused beyond its meaning: %s', (url, named) => {
    const problem = problemOf({ WARDEN_HSMS: `contoso=${url}` });
    expect(problem).toContain(named);
    expect(problem).not.toContain('secret');
  });

  it('is compared as hosts are: in lower case, without its usual port and the slash at its end', () => {
    const { hsms } = readConfig({
      ...SOUND,
      WARDEN_HSMS: 'contoso=https://CONTOSO.managedhsm.azure.net:443/',
    });
    expect(hsms[0]?.url).toBe('https://contoso.managedhsm.azure.net');
  });
});

describe.each([['WARDEN_BACKUP_URL'], ['WARDEN_STATE_URL'], ['WARDEN_QUEUE_URL']])(
  'the storage URL %s',
  (name) => {
    it.each([
      ['https://a.blob.core.windows.net/key-backups', 'found /key-backups'],
      ['https://a.blob.core.windows.net/?sv=2024&sig=abc', 'no query'],
      ['https://a.blob.core.windows.net/key-backups?sv=2024&sig=abc', 'no query'],
      ['https://a:abc@a.blob.core.windows.net', 'no user'],
      ['http://127.0.0.1:10000/devstoreaccount1/key-backups', 'without a container'],
    ])('is refused beyond its meaning: %s', (url, named) => {
      const problem = problemOf({ WARDEN_QUEUE_URL: 'https://a.queue.core.windows.net', [name]: url });
      expect(problem).toContain(named);
      expect(problem).toContain(name);
      expect(problem).not.toContain('abc');
    });

    it.each([
      ['https://A.blob.core.windows.net/', 'https://a.blob.core.windows.net'],
      ['http://127.0.0.1:10000/devstoreaccount1/', 'http://127.0.0.1:10000/devstoreaccount1'],
      ['http://[::1]:10000/devstoreaccount1', 'http://[::1]:10000/devstoreaccount1'],
    ])('%s is %s', (url, expected) => {
      const { storage } = readConfig({
        ...SOUND,
        WARDEN_QUEUE_URL: 'https://a.queue.core.windows.net',
        [name]: url,
      });
      expect(JSON.stringify(storage)).toContain(`"${expected}"`);
    });
  },
);

describe('a connection string', () => {
  it('whose endpoint names a container is refused', () => {
    const endpoint = 'http://127.0.0.1:10000/devstoreaccount1';
    const text = `BlobEndpoint=${endpoint}/key-backups;QueueEndpoint=${endpoint};AccountName=x;AccountKey=abc`;
    const problem = problemOf({ WARDEN_BACKUP_URL: '', WARDEN_STORAGE_CONNECTION: text });
    expect(problem).toContain('WARDEN_STORAGE_CONNECTION');
    expect(problem).not.toContain('abc');
  });
});
