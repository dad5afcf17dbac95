/** Columns of the tables that the queries read, from https://learn.microsoft.com/azure/azure-monitor/reference/tables-index. */

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
  AZKVAuditLogs: {
    TimeGenerated: 'datetime',
    OperationName: 'string',
    ResultSignature: 'string',
    CallerIpAddress: 'string',
    RequestUri: 'string',
    HttpStatusCode: 'int',
    Id: 'string',
    _ResourceId: 'string',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A table of the workspace. */
export type TableName = keyof typeof TABLES;
