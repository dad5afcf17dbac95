/** The backup: every key each night, and soon after each change. */

import type { AppPorts, Hsm } from '../../core/app-ports.ts';
import { doEach } from '../../core/concurrency.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { type Feature, worker } from '../../core/feature.ts';
import { readMessage } from '../../core/queue.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { reportDeadLetters } from '../dead-letters/report.ts';
import type { PointSeals } from '../recovery-points/point-seals.ts';
import { startMissedRuns } from './missed-runs.ts';
import { KEY_BACKUPS, SWEEPS } from './queues.ts';
import { RECONCILE_SCHEDULE, reconcileRuns } from './reconcile.ts';
import { reportUnsealed } from './report-unsealed.ts';
import { BACKUP_SETTINGS, type BackupConfig } from './settings.ts';
import { backUpSingleKey } from './single-key.ts';
import { startRuns } from './start-runs.ts';
import { sweep } from './sweep.ts';
import type { SweepPolicy } from './sweep-context.ts';

/** What the backup works with. */
export interface BackupApp extends AppPorts {
  /** Seals what the HSM gives out, where seals are configured. */
  readonly points: PointSeals | undefined;
  readonly config: BackupConfig;
}

/** Progress is saved at least this often; what a crash can make a worker look up again is bounded by it. */
const CHECKPOINT_MS = 30_000;

export const BACKUP: Feature<BackupConfig, BackupApp> = {
  name: 'backup',
  settings: BACKUP_SETTINGS,
  queues: [SWEEPS, KEY_BACKUPS],
  triggers: [
    {
      kind: 'timer',
      name: 'nightlyBackup',
      schedule: ({ schedule }) => schedule,
      run: async (app, { isPastDue }) => {
        // One whose settings are wrong would fail each time; the watch reports it.
        const runId = await startRuns(app, app.hsms.usable, 'nightly');
        app.logger.info('nightly run started', { runId, pastDue: isPastDue });
      },
    },
    {
      kind: 'timer',
      name: 'runReconcile',
      schedule: () => RECONCILE_SCHEDULE,
      run: async (app) => {
        await doEach([
          () => reconcileRuns(app, app.hsms.usable),
          async () => {
            await startMissedRuns(app, app.hsms.added, app.config.schedule);
          },
          () => reportDeadLetters(app),
        ]);
      },
    },
    worker('sweepWorker', SWEEPS, async (app, message) => {
      const request = readMessage(SWEEPS, message);
      const hsm = app.hsms.get(request.hsm);
      const policy = sweepPolicy(app.config, hsm, app.onProgress);
      const result = await sweep({ ...app, ...hsm }, policy, request, app.signal);
      await reportUnsealed(app, result);
      if (result.status === 'ended') await app.onNews?.(request.hsm);
      return result;
    }),
    worker('keyBackupWorker', KEY_BACKUPS, async (app, message) => {
      const request = readMessage(KEY_BACKUPS, message);
      const policy = { selection: app.config.selection, retry: DEFAULT_RETRY };
      const { keys, urgentPacer: pacer } = app.hsms.get(request.hsm);
      return backUpSingleKey({ ...app, keys, pacer }, policy, request, app.signal);
    }),
  ],
};

/** How one HSM is swept by these settings, by the app and by a person alike. */
export function sweepPolicy(
  { selection, refreshMs, schedule, concurrency, budgetMs }: BackupConfig,
  { pace }: Pick<Hsm, 'pace'>,
  onProgress?: SweepPolicy['onProgress'],
): SweepPolicy {
  return {
    selection,
    refreshMs,
    schedule,
    concurrency,
    budgetMs,
    pace,
    checkpointMs: CHECKPOINT_MS,
    retry: DEFAULT_RETRY,
    ...definedOnly({ onProgress }),
  };
}
