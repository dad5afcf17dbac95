/** Records of the audit log of a Managed HSM. */

/** A record as a Managed HSM writes it. */
export function aRecord(change: Record<string, unknown> = {}, path = '/keys/orders') {
  return {
    TenantId: 'tenant',
    time: '2026-11-24T12:00:05.123Z',
    resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/contoso',
    operationName: 'KeyCreate',
    category: 'AuditEvent',
    resultType: 'Success',
    durationMs: 488,
    callerIpAddress: '203.0.113.7',
    identity: JSON.stringify({
      claim: {
        appid: 'app-1',
        http_schemas_microsoft_com_identity: { claims: { objectidentifier: 'object-1' } },
        http_schemas_xmlsoap_org_ws_2005_05_identity: { claims: { upn: 'mallory@contoso.com' } },
      },
    }),
    clientInfo: 'azsdk-python-core/1.7.0',
    httpStatusCode: 200,
    PoolName: 'contoso',
    requestUri: `https://contoso.managedhsm.azure.net${path}`,
    ...change,
  };
}
