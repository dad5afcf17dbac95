// AuditEvent records in the shape of Microsoft Learn, "Managed HSM logging" (the only published record).
import { DEFAULT_RESOURCE_GROUP, DEFAULT_SUBSCRIPTION_ID } from '../options.ts';
import { type Exchange, splitTarget } from '../wire/exchange.ts';

/** Whose log it is; without subscription and resource group those of a pool that is in none. */
export type AuditSource = {
  poolName: string;
  tenantId: string;
  subscriptionId?: string | undefined;
  resourceGroup?: string | undefined;
};

/** One record. `durationMs` is a number and `identity` JSON text, unlike in the logs of vaults. */
export type AuditRecord = NonNullable<ReturnType<typeof auditRecord>>;

/** The record of an exchange whose caller is known; undefined for one without a valid token, which is not logged. */
export function auditRecord({ request, operation, principal, ...exchange }: Exchange, source: AuditSource) {
  if (principal === undefined) return undefined;
  const [path, query] = splitTarget(request.target);
  const subscription = source.subscriptionId ?? DEFAULT_SUBSCRIPTION_ID;
  const resourceGroup = source.resourceGroup ?? DEFAULT_RESOURCE_GROUP;
  return {
    TenantId: source.tenantId,
    time: new Date(exchange.startedAt).toISOString(),
    resourceId: `/SUBSCRIPTIONS/${subscription}/RESOURCEGROUPS/${resourceGroup}/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/${source.poolName}`,
    // Invalid paths are logged too (documented); what their operation is called is not known.
    operationName: operation?.audit ?? 'Unknown',
    operationVersion: new URLSearchParams(query).get('api-version') ?? '',
    category: 'AuditEvent',
    // The value for a failure was never published. Vaults write Success whatever the status, so readers must
    // read httpStatusCode.
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
    resourceGroup,
    resourceProvider: 'MICROSOFT.KEYVAULT',
    resource: source.poolName,
    resourceType: 'managedHSMs',
  };
}
