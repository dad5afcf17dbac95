/** host.json: telemetry that alerts read is never thinned out, and work comes back as the documents say. */
import { ANYTHING, differences } from '../pattern.ts';
import type { JsonValue } from '../snapshot.ts';

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json#applicationinsights */
export function checkHostJson(host: JsonValue): readonly string[] {
  return differences(host, {
    version: '2.0',
    functionTimeout: /^00:(?:[3-9]\d):00$/,
    extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
    extensions: {
      // The functions name their whole paths: the pages of the console are beside the API, and not below it.
      http: { routePrefix: '' },
      queues: {
        batchSize: ANYTHING,
        newBatchThreshold: ANYTHING,
        maxDequeueCount: 5,
        maxPollingInterval: ANYTHING,
        visibilityTimeout: ANYTHING,
        messageEncoding: 'base64',
      },
    },
    logging: {
      applicationInsights: {
        samplingSettings: {
          says: 'no sampling of requests, exceptions and traces: alerts read them',
          holds: (value) => {
            if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
              return false;
            const kept = String(value.excludedTypes ?? '').split(';');
            return (
              value.isEnabled === false ||
              ['Request', 'Exception', 'Trace'].every((one) => kept.includes(one))
            );
          },
        },
      },
    },
  }).map((difference) => `host-json: ${difference}`);
}
