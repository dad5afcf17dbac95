/** The recovery app as deployed, over whatever a test has put together. */
import { app } from '@azure/functions';
import { registerHealth } from '../../../functions/health.ts';
import { registerOpenApi } from '../../../functions/openapi.ts';
import { registerRecovery } from '../../../functions/recovery.ts';
import { registerRecoveryWorker } from '../../../functions/recovery-worker.ts';
import { registerStatus } from '../../../functions/status.ts';
import { registerWebhooks } from '../../../functions/webhooks.ts';
import { slot } from './slot.ts';

app.setup({ enableHttpStream: true });
registerRecovery((context) => slot.appFor(context));
registerRecoveryWorker((context) => slot.appFor(context));
registerStatus((context) => slot.appFor(context));
registerHealth((context) => slot.appFor(context));
registerOpenApi();
registerWebhooks((context) => slot.appFor(context));
