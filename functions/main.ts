/** The backup app's entry point: reads the settings once, composes, registers. A bad setting stops the start and lists every problem. */
import { app } from '@azure/functions';
import { composeBackupApp } from '../src/platform/backup-app.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { registerTriggers } from './register.ts';

// As the recovery app does: should there be a route one day, bodies in chunks reach it.
app.setup({ enableHttpStream: true });
const backup = composeBackupApp(readConfig(process.env));
registerTriggers(backup);
app.hook.appTerminate(() => backup.stop());
