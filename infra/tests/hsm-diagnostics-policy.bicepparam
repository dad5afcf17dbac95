using '../policy/hsm-diagnostics.bicep'

param hubNamespaceId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.EventHub/namespaces/evhns-warden-w3j23au7fj2oi'
param location = 'westeurope'
