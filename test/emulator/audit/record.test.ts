// The shape of an audit record: member by member that of the published one.
import { describe, expect, test } from 'vitest';
import { auditRecord } from '../../../src/emulator/audit/record.ts';
import { exchangeOf, SOURCE } from './exchanges.ts';

describe('an audit record', () => {
  test('has exactly the published members', () => {
    expect(auditRecord(exchangeOf(), SOURCE)).toEqual({
      TenantId: 'tenant-1',
      time: '2026-08-31T19:52:39.763Z',
      resourceId:
        '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/emulator/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/contoso',
      operationName: 'KeyBackup',
      operationVersion: '7.5',
      category: 'AuditEvent',
      resultType: 'Success',
      properties: { PoolType: 'M-HSM', sku_Family: 'B', sku_Name: 'Standard_B1' },
      durationMs: 488,
      callerIpAddress: '127.0.0.1',
      identity: expect.any(String),
      clientInfo: 'azsdk-js-keyvault-keys/4.10.2',
      correlationId: '8806614c-ebc3-11ea-9e9b-00155db778ad',
      subnetId: '(unknown)',
      httpStatusCode: 200,
      PoolName: 'contoso',
      requestUri: 'https://contoso.managedhsm.azure.net/keys/k1/backup',
      resourceGroup: 'emulator',
      resourceProvider: 'MICROSOFT.KEYVAULT',
      resource: 'contoso',
      resourceType: 'managedHSMs',
    });
  });

  test('names the caller in JSON text with underscores in the claim names', () => {
    expect(JSON.parse(auditRecord(exchangeOf(), SOURCE)?.identity ?? '')).toEqual({
      claim: {
        appid: 'app-1',
        http_schemas_microsoft_com_identity: { claims: { objectidentifier: 'object-1' } },
        http_schemas_xmlsoap_org_ws_2005_05_identity: { claims: { upn: 'ada@contoso.com' } },
      },
    });
  });

  test('never holds the token', () => {
    expect(JSON.stringify(auditRecord(exchangeOf(), SOURCE))).not.toContain('secret-token');
  });

  test.each([403, 404, 429, 500])('is written for a request refused with %i', (status) => {
    expect(auditRecord(exchangeOf({ status }), SOURCE)).toMatchObject({
      httpStatusCode: status,
      operationName: 'KeyBackup',
    });
  });

  test('is written for a path that leads nowhere', () => {
    expect(auditRecord(exchangeOf({ operation: undefined, status: 404 }), SOURCE)).toMatchObject({
      operationName: 'Unknown',
    });
  });

  test('is not written for a caller who is not known', () => {
    expect(auditRecord(exchangeOf({ principal: undefined, status: 401 }), SOURCE)).toBeUndefined();
  });
});
