/** The timer that starts the nightly run over every HSM. */
import { app, type InvocationContext, type Timer } from '@azure/functions';
import type { Warden } from '../src/platform/compose.ts';

/** Registers the timer `nightlyBackup` with the schedule of the settings. */
export function registerNightlyBackup(warden: Warden): void {
  app.timer('nightlyBackup', {
    schedule: warden.config.schedule,
    handler: async (timer: Timer, context: InvocationContext) => {
      const runId = await warden.startRuns('nightly', context);
      context.log('nightly run started', { runId, pastDue: timer.isPastDue });
    },
  });
}
