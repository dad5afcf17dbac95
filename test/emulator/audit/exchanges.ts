// Exchanges for the audit tests.
import { backupKey } from '../../../src/emulator/operations/backup-key.ts';
import type { Exchange } from '../../../src/emulator/wire/exchange.ts';

export const SOURCE = { poolName: 'contoso', tenantId: 'tenant-1' };
export const STARTED_AT = Date.UTC(2026, 7, 31, 19, 52, 39, 763);

/** A backup of the key `k1`, unless said otherwise. */
export function exchangeOf(changes: Partial<Exchange> = {}): Exchange {
  return {
    request: {
      method: 'POST',
      target: '/keys/k1/backup?api-version=7.5',
      host: 'contoso.managedhsm.azure.net',
      authorization: 'Bearer secret-token',
      userAgent: 'azsdk-js-keyvault-keys/4.10.2',
      callerAddress: '127.0.0.1',
      body: Buffer.from('{}'),
    },
    operation: backupKey,
    principal: { objectId: 'object-1', tenantId: 'tenant-1', upn: 'ada@contoso.com', appId: 'app-1' },
    status: 200,
    requestId: '8806614c-ebc3-11ea-9e9b-00155db778ad',
    startedAt: STARTED_AT,
    durationMs: 488,
    ...changes,
  };
}
