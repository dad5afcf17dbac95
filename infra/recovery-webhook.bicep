metadata name = 'Recovery webhook'
metadata description = 'Lets the topic open recovery requests: subscribes a webhook source of the recovery API to coming purges and purges. Deployed once the recovery app runs, because Event Grid asks its handshake when the subscription is made.'

targetScope = 'resourceGroup'

import { containers } from 'modules/names.bicep'

@description('Required. Name of the topic.')
param topicName string

@description('Required. Host name of the recovery app, or of its own domain.')
param recoveryHostName string

@description('Required. Name of the source, as among `webhooks.sources` and `webhooks.applications` of the deployment.')
param source string

@description('Required. Application (client) id of the recovery API. Event Grid must hold its role Recovery.Webhook: https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery')
param clientId string

@description('Optional. Tenant of that application.')
param tenantId string = tenant().tenantId

@description('Required. Name of the host storage account of the backup app, for dead letters.')
param backupHostName string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName

  resource webhook 'eventSubscriptions' = {
    name: 'recovery-${source}'
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: { includedEventTypes: ['HsmWarden.PurgePending', 'HsmWarden.KeyPurged'] }
      destination: {
        endpointType: 'WebHook'
        properties: {
          #disable-next-line use-secure-value-for-secure-inputs // It holds no token: each delivery carries one of Entra.
          endpointUrl: 'https://${recoveryHostName}/api/webhooks/${source}'
          azureActiveDirectoryApplicationIdOrUri: clientId
          azureActiveDirectoryTenantId: tenantId
          minimumTlsVersionAllowed: '1.2'
        }
      }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: {
            resourceId: resourceId('Microsoft.Storage/storageAccounts', backupHostName)
            blobContainerName: containers.deadLetters
          }
        }
      }
      retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }
    }
  }
}
