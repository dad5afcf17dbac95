metadata name = 'Event subscriptions'
metadata description = 'Who gets the events: a queue that keeps them for a week, and a webhook where there is one. What cannot be delivered lands in the dead-letter container.'

@description('Required. Name of the topic.')
param topicName string

@description('Required. Resource id of the storage account of the queue and the dead letters.')
param storageAccountId string

@description('Required. Name of the queue.')
param queueName string

@description('Required. Name of the container of the dead letters.')
param deadLetterContainer string

@description('Optional. https URL that gets every event. It must answer the handshake of CloudEvents webhooks. Secure, since such URLs often hold a token.')
@secure()
param webhookUrl string = ''

@description('Optional. Entra application (id or URI) of the webhook; deliveries then carry a token for it.')
param webhookApplication string?

// Event Grid gives up after a day of tries and then writes a dead letter.
var retryPolicy = { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }

var deadLetters = {
  identity: { type: 'SystemAssigned' }
  deadLetterDestination: {
    endpointType: 'StorageBlob'
    properties: {
      resourceId: storageAccountId
      blobContainerName: deadLetterContainer
    }
  }
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName

  resource kept 'eventSubscriptions' = {
    name: 'kept'
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      deliveryWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: storageAccountId
            queueName: queueName
            queueMessageTimeToLiveInSeconds: 604800
          }
        }
      }
      deadLetterWithResourceIdentity: deadLetters
      retryPolicy: retryPolicy
    }
  }

  resource webhook 'eventSubscriptions' = if (!empty(webhookUrl)) {
    name: 'webhook'
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: webhookUrl
          azureActiveDirectoryApplicationIdOrUri: webhookApplication
          azureActiveDirectoryTenantId: webhookApplication == null ? null : tenant().tenantId
          minimumTlsVersionAllowed: '1.2'
        }
      }
      deadLetterWithResourceIdentity: deadLetters
      retryPolicy: retryPolicy
    }
  }
}
