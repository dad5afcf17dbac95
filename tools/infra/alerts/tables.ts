/**
 * Columns of the tables that the queries read. Each is a page of its own, named as the table is in lower case, such as
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces (read in November 2026).
 */

export const TABLES = {
  AppTraces: {
    TimeGenerated: 'datetime',
    Message: 'string',
    SeverityLevel: 'int',
    AppRoleName: 'string',
    OperationName: 'string',
    Properties: 'dynamic',
  },
  AppRequests: {
    TimeGenerated: 'datetime',
    Name: 'string',
    ResultCode: 'string',
    Success: 'bool',
    Url: 'string',
    AppRoleName: 'string',
  },
  StorageBlobLogs: {
    TimeGenerated: 'datetime',
    AccountName: 'string',
    OperationName: 'string',
    AuthenticationType: 'string',
    StatusCode: 'string',
    StatusText: 'string',
    Uri: 'string',
    CallerIpAddress: 'string',
    RequesterObjectId: 'string',
    RequesterAppId: 'string',
  },
  StorageQueueLogs: {
    TimeGenerated: 'datetime',
    AccountName: 'string',
    OperationName: 'string',
    StatusCode: 'string',
    Uri: 'string',
  },
  /** Resource logs that are not sent to a table of their own, a Managed HSM's with `ResourceType` MANAGEDHSMS: https://learn.microsoft.com/azure/key-vault/managed-hsm/logging-azure-monitor */
  AzureDiagnostics: {
    TimeGenerated: 'datetime',
    ResourceProvider: 'string',
    ResourceType: 'string',
    OperationName: 'string',
    CallerIPAddress: 'string',
  },
  AZKVAuditLogs: {
    TimeGenerated: 'datetime',
    OperationName: 'string',
    ResultSignature: 'string',
    CallerIpAddress: 'string',
    RequestUri: 'string',
    HttpStatusCode: 'int',
    Id: 'string',
    Identity: 'dynamic',
    _ResourceId: 'string',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A table of the workspace. */
export type TableName = keyof typeof TABLES;
