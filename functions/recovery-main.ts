/** The recovery app's entry point, with an identity of its own: reads the settings once, composes, registers. */
import { app } from '@azure/functions';
import { composeRecovery } from '../src/platform/compose-recovery.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { registerHealth } from './health.ts';
import { registerOpenApi } from './openapi.ts';
import { registerRecovery } from './recovery.ts';
import { registerRecoveryWorker } from './recovery-worker.ts';
import { registerStatus } from './status.ts';
import { registerWebhooks } from './webhooks.ts';

// Without it a body in chunks arrives empty, and the signature of a chunked webhook fails.
app.setup({ enableHttpStream: true });
const recovery = composeRecovery(readConfig(process.env));
registerRecovery(recovery.appFor);
registerRecoveryWorker(recovery.appFor);
registerStatus(recovery.appFor);
registerHealth(recovery.appFor);
registerOpenApi();
registerWebhooks(recovery.appFor);
// Not awaited: whoever calls meanwhile waits for this very check, and the host for nothing.
app.hook.appStart(() => {
  void recovery.checkGate();
});
app.hook.appTerminate(() => recovery.stop());
