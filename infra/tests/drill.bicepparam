using '../drill.bicep'

param drillHsms = [{ name: 'drill', resourceGroupName: 'rg-drill', of: ['contoso'] }]
param protectedHsms = '[{"name":"contoso"}]'
param backupsAccountName = 'stwardenbabcdefghijklm'
param backupResourceGroupName = 'rg-warden-backups'
param backupHostName = 'stwardenhabcdefghijklm'
param recoveryHostName = 'stwardenrabcdefghijklm'
param topicName = 'evgt-warden'
param insightsName = 'appi-warden'
param workspaceId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.OperationalInsights/workspaces/log-warden'
param actionGroupId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.Insights/actionGroups/ag-warden'
