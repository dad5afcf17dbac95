/** The app's entry point: reads the settings once, composes, registers. A bad setting stops the start and lists every problem. */
import { app } from '@azure/functions';
import { composeWarden } from '../src/compose.ts';
import { readConfig } from '../src/config/config.ts';
import { registerNightlyBackup } from './nightly-backup.ts';
import { registerSweepWorker } from './sweep-worker.ts';

const warden = composeWarden(readConfig(process.env));
registerNightlyBackup(warden);
registerSweepWorker(warden);
app.hook.appTerminate(() => warden.stop());
