/** The backup app's entry point: composes, registers. With bad settings it serves only its health. */
import { app } from '@azure/functions';
import { composeBackupApp } from '../src/platform/backup-app.ts';
import { registerTriggers } from './register.ts';
import { startApp } from './start.ts';

// As the recovery app does: what routes there are get bodies in chunks, too.
app.setup({ enableHttpStream: true });
startApp((config) => {
  const backup = composeBackupApp(config);
  registerTriggers(backup);
  app.hook.appTerminate(() => backup.stop());
});
