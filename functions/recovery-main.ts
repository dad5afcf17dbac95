/** The recovery app's entry point, with an identity of its own: reads the settings once, composes, registers. */
import { app } from '@azure/functions';
import { API_ROUTES } from '../src/platform/features.ts';
import { composeRecovery } from '../src/platform/recovery-app.ts';
import { registerOpenApi } from './http/openapi.ts';
import { registerPages } from './http/pages.ts';
import { registerRoutes } from './http/register.ts';
import { registerTriggers } from './register.ts';
import { startApp } from './start.ts';

// Without it a body in chunks arrives empty, and the signature of a chunked webhook fails.
app.setup({ enableHttpStream: true });
startApp((config) => {
  const recovery = composeRecovery(config, process.env);
  registerTriggers(recovery);
  registerRoutes(API_ROUTES, recovery.appFor, recovery.track);
  registerOpenApi();
  registerPages(recovery.pages);
  // Not awaited: whoever calls meanwhile waits for this very check, and the host for nothing.
  app.hook.appStart(() => {
    // It fails only when the app is stopping.
    recovery.checkGate().catch(() => undefined);
  });
  app.hook.appTerminate(() => recovery.stop());
});
