import type { TokenCredential } from '@azure/core-auth';
import { describe, expect, it } from 'vitest';
import { queueClientsFromSettings } from '../../../../src/local/host/queue/queue-clients.ts';

const credential: TokenCredential = { getToken: async () => null };
const CONNECTION_STRING =
  'DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.windows.net';

describe('a connection', () => {
  it.each([
    ['its own name', { Storage: CONNECTION_STRING }, 'https://acct.queue.core.windows.net'],
    [
      'its name with the prefix',
      { AzureWebJobsStorage: CONNECTION_STRING },
      'https://acct.queue.core.windows.net',
    ],
    ['a service address', { Storage__queueServiceUri: 'https://q.example/' }, 'https://q.example/'],
    ['an account name', { Storage__accountName: 'named' }, 'https://named.queue.core.windows.net'],
  ])('is found under %s', (_, settings, url) => {
    expect(queueClientsFromSettings(settings, credential)('Storage').url).toBe(url);
  });

  it('gives one client however often it is asked for', () => {
    const clients = queueClientsFromSettings({ Storage: CONNECTION_STRING });

    expect(clients('Storage')).toBe(clients('Storage'));
  });

  it.each([
    ['without a setting', {}, /expected Storage or Storage__queueServiceUri/],
    ['without a credential for its identity', { Storage__accountName: 'named' }, /no credential/],
  ])('%s is refused', (_, settings, message) => {
    expect(() => queueClientsFromSettings(settings)('Storage')).toThrow(
      expect.objectContaining({ code: 'setting-missing', message: expect.stringMatching(message) }),
    );
  });
});
