// AuditEvent records in the shape of Microsoft Learn, "Managed HSM logging" (the only published record).
import type { Exchange } from '../server/exchange.ts';

/** Whose log it is. */
export type AuditSource = { poolName: string; tenantId: string };

// An emulated pool belongs to no subscription; these stand for one.
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const RESOURCE_GROUP = 'emulator';

/** One record. `durationMs` is a number and `identity` JSON text, unlike in the logs of vaults. */
export type AuditRecord = NonNullable<ReturnType<typeof auditRecord>>;

/** The record of an exchange whose caller is known; undefined for one without a valid token, which is not logged. */
export function auditRecord({ request, operation, principal, ...exchange }: Exchange, source: AuditSource) {
  if (principal === undefined) return undefined;
  const { path, apiVersion } = target(request.target);
  return {
    TenantId: source.tenantId,
    time: new Date(exchange.startedAt).toISOString(),
    resourceId: `/SUBSCRIPTIONS/${SUBSCRIPTION}/RESOURCEGROUPS/${RESOURCE_GROUP}/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/${source.poolName}`,
    // Invalid paths are logged too (documented); what their operation is called is not known.
    operationName: operation?.audit ?? 'Unknown',
    operationVersion: apiVersion,
    category: 'AuditEvent',
    // The value for a failure was never published. Vaults write Success whatever the status, so readers must
    // look at httpStatusCode.
    resultType: 'Success',
    properties: { PoolType: 'M-HSM', sku_Family: 'B', sku_Name: 'Standard_B1' },
    durationMs: exchange.durationMs,
    callerIpAddress: request.callerAddress,
    identity: JSON.stringify({
      claim: {
        ...(principal.appId !== undefined && { appid: principal.appId }),
        http_schemas_microsoft_com_identity: { claims: { objectidentifier: principal.objectId } },
        ...(principal.upn !== undefined && {
          http_schemas_xmlsoap_org_ws_2005_05_identity: { claims: { upn: principal.upn } },
        }),
      },
    }),
    clientInfo: request.userAgent ?? '',
    correlationId: exchange.requestId,
    subnetId: '(unknown)',
    httpStatusCode: exchange.status,
    PoolName: source.poolName,
    requestUri: `https://${request.host}${path}`,
    resourceGroup: RESOURCE_GROUP,
    resourceProvider: 'MICROSOFT.KEYVAULT',
    resource: source.poolName,
    resourceType: 'managedHSMs',
  };
}

function target(text: string): { path: string; apiVersion: string } {
  const [path = '', query = ''] = text.split('?', 2);
  return { path, apiVersion: new URLSearchParams(query).get('api-version') ?? '' };
}
