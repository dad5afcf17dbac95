/** The Event Hub trigger for the audit logs of the HSMs. */
import { app, type InvocationContext } from '@azure/functions';
import type { Watch } from '../src/platform/compose-watch.ts';
import type { Config } from '../src/platform/config/config.ts';

/**
 * Registers `auditEvents` where the settings name an event hub. The checkpoint of an event hub moves on after a failure
 * too, unless a retry policy holds it: https://learn.microsoft.com/azure/azure-functions/functions-bindings-errors
 * Only a failing storage account lets a batch fail, so it is held until that works again.
 */
export function registerAuditEvents({ watch: { audit } }: Config, watch: Watch<InvocationContext>): void {
  if (audit === undefined) return;
  app.eventHub('auditEvents', {
    connection: 'AuditEvents',
    eventHubName: audit.hub,
    consumerGroup: audit.consumerGroup,
    cardinality: 'many',
    retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 10 } },
    handler: async (batch, context) => {
      await watch.readAuditBatch(batch, context);
    },
  });
}
