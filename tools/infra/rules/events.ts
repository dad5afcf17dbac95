/** The topic, who gets its events, and the hub that takes the audit log of the HSMs. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { atLeast, type Pattern } from '../pattern.ts';

const TOPIC = 'Microsoft.EventGrid/topics';
const NAMESPACE = 'Microsoft.EventHub/namespaces';
/** Event Grid gives up after a day and writes a dead letter. */
const RETRY: Pattern = { eventTimeToLiveInMinutes: atLeast(1440), maxDeliveryAttempts: atLeast(30) };

/** The topic and its subscriptions. */
export function events({ promise, names, id }: Facts): readonly Expected[] {
  const host = id('Microsoft.Storage/storageAccounts', names.host.backup);
  const identity = { type: 'SystemAssigned' };
  const deadLetterWithResourceIdentity = {
    identity,
    deadLetterDestination: {
      endpointType: 'StorageBlob',
      properties: { resourceId: host, blobContainerName: 'dead-letters' },
    },
  };
  return [
    {
      rule: 'events',
      type: TOPIC,
      name: names.topic,
      like: {
        location: promise.location,
        tags: promise.tags,
        identity,
        properties: {
          inputSchema: 'CloudEventSchemaV1_0',
          disableLocalAuth: true,
          minimumTlsVersionAllowed: '1.2',
          publicNetworkAccess: promise.private ? 'Disabled' : 'Enabled',
        },
      },
    },
    {
      rule: 'events',
      type: `${TOPIC}/eventSubscriptions`,
      name: `${names.topic}/kept`,
      like: {
        properties: {
          eventDeliverySchema: 'CloudEventSchemaV1_0',
          deliveryWithResourceIdentity: {
            identity,
            destination: {
              endpointType: 'StorageQueue',
              properties: {
                resourceId: host,
                queueName: 'warden-events',
                queueMessageTimeToLiveInSeconds: atLeast(604_800),
              },
            },
          },
          deadLetterWithResourceIdentity,
          retryPolicy: RETRY,
        },
      },
    },
    {
      rule: 'events',
      type: `${TOPIC}/eventSubscriptions`,
      name: `${names.topic}/webhook`,
      like: {
        // Only where there is an address; the address itself may hold a token and is never a plain value.
        condition: /^not\(empty\(parameters\(\w+\)\)\)$/,
        properties: {
          eventDeliverySchema: 'CloudEventSchemaV1_0',
          destination: {
            endpointType: 'WebHook',
            properties: {
              endpointUrl: /^parameters\(\w+\)$/,
              azureActiveDirectoryApplicationIdOrUri: promise.webhookApplication ?? null,
              azureActiveDirectoryTenantId:
                promise.webhookApplication === undefined ? null : '00000000-0000-0000-0000-0000000000ff',
              minimumTlsVersionAllowed: '1.2',
            },
          },
          deadLetterWithResourceIdentity,
          retryPolicy: RETRY,
        },
      },
    },
  ];
}

/** The hub; Azure Monitor can send to it by a key only, which is why local authentication stays on. */
export function auditHub({ promise, names }: Facts): readonly Expected[] {
  const access = promise.private ? 'Disabled' : 'Enabled';
  const one = (type: string, name: string, like: Expected['like']) => ({
    rule: 'audit-hub',
    type: `${NAMESPACE}${type}`,
    name: `${names.namespace}${name}`,
    like,
  });
  return [
    one('', '', {
      location: promise.location,
      tags: promise.tags,
      sku: { name: 'Standard', tier: 'Standard', capacity: atLeast(1) },
      properties: {
        minimumTlsVersion: '1.2',
        isAutoInflateEnabled: true,
        maximumThroughputUnits: atLeast(4),
        publicNetworkAccess: access,
        disableLocalAuth: false,
      },
    }),
    one('/networkRuleSets', '/default', {
      properties: {
        publicNetworkAccess: access,
        defaultAction: promise.private ? 'Deny' : 'Allow',
        trustedServiceAccessEnabled: true,
      },
    }),
    one('/authorizationRules', '/azure-monitor-sends', { properties: { rights: ['Send'] } }),
    one('/eventhubs', '/hsm-audit', {
      properties: {
        partitionCount: atLeast(4),
        // A week: an app that is down over a long weekend misses nothing.
        retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: atLeast(168) },
      },
    }),
    one('/eventhubs/consumergroups', '/hsm-audit/hsm-warden', {}),
  ];
}
