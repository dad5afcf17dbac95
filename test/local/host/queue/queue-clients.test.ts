import { describe, expect, it } from 'vitest';
import { queueClientsFromSettings } from '../../../../src/local/host/queue/queue-clients.ts';

const CONNECTION_STRING =
  'DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.windows.net';

describe('a connection', () => {
  it.each([
    ['its own name', { Storage: CONNECTION_STRING }],
    ['its name with the prefix', { AzureWebJobsStorage: CONNECTION_STRING }],
  ])('is found under %s, and one client serves all', (_, settings) => {
    const clients = queueClientsFromSettings(settings);

    expect(clients('Storage').url).toBe('https://acct.queue.core.windows.net');
    expect(clients('Storage')).toBe(clients('Storage'));
  });

  it('without a setting is refused', () => {
    expect(() => queueClientsFromSettings({})('Storage')).toThrow(
      expect.objectContaining({
        code: 'setting-missing',
        message: expect.stringMatching(/expected Storage/),
      }),
    );
  });
});
