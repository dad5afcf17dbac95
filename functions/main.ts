/** The backup app's entry point: reads the settings once, composes, registers. A bad setting stops the start and lists every problem. */
import { app } from '@azure/functions';
import { composeWarden } from '../src/platform/compose.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { registerAuditEvents } from './audit-events.ts';
import { registerDeletedKeyWatch } from './deleted-key-watch.ts';
import { registerKeyBackupWorker } from './key-backup-worker.ts';
import { registerNightlyBackup } from './nightly-backup.ts';
import { registerNightlyVerify } from './nightly-verify.ts';
import { registerSweepWorker } from './sweep-worker.ts';

// As the recovery app does: should there be a route one day, bodies in chunks reach it.
app.setup({ enableHttpStream: true });
const warden = composeWarden(readConfig(process.env));
registerNightlyBackup(warden);
registerSweepWorker(warden);
registerKeyBackupWorker(warden.watch);
registerDeletedKeyWatch(warden.config, warden.watch);
registerAuditEvents(warden.config, warden.watch);
registerNightlyVerify(warden.config, warden.watch);
app.hook.appTerminate(() => warden.stop());
