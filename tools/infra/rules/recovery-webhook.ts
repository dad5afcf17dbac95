/** The subscription by which the topic opens recovery requests: by token, for the events that a recovery can answer. */
import { differences } from '../pattern.ts';
import { ofType, type Snapshot } from '../snapshot.ts';

export function checkRecoveryWebhook(snapshot: Snapshot): readonly string[] {
  const [subscription, ...more] = ofType(snapshot, 'Microsoft.EventGrid/topics/eventSubscriptions');
  if (subscription === undefined || more.length > 0) return ['recovery-webhook: expected one subscription'];
  return differences(JSON.parse(JSON.stringify(subscription.properties ?? null)), {
    eventDeliverySchema: 'CloudEventSchemaV1_0',
    filter: { includedEventTypes: ['HsmWarden.PurgePending', 'HsmWarden.KeyPurged'] },
    destination: {
      endpointType: 'WebHook',
      properties: {
        endpointUrl: 'https://func-warden-recovery.azurewebsites.net/api/webhooks/watch',
        azureActiveDirectoryApplicationIdOrUri: '11111111-1111-1111-1111-111111111111',
        azureActiveDirectoryTenantId: '00000000-0000-0000-0000-0000000000ff',
        minimumTlsVersionAllowed: '1.2',
      },
    },
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' },
      deadLetterDestination: {
        endpointType: 'StorageBlob',
        properties: {
          resourceId: /\/storageAccounts\/stwardenhw3j23au7fj2oi$/,
          blobContainerName: 'dead-letters',
        },
      },
    },
    retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 },
  }).map((difference) => `recovery-webhook: ${difference}`);
}
