using '../sealing-vault.bicep'

param backupPrincipalId = '55555555-5555-5555-5555-555555555555'
param recoveryPrincipalId = '66666666-6666-6666-6666-666666666666'
param drillPrincipalId = '77777777-7777-7777-7777-777777777777'
param endpointsSubnetId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.Network/virtualNetworks/vnet-warden/subnets/endpoints'
param workspaceId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.OperationalInsights/workspaces/log-warden'
param actionGroupId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.Insights/actionGroups/ag-warden'
