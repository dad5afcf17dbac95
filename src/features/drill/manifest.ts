/** The drills: every key's newest recovery point is proven to restore, again and again. Runs in an app of its own. */
import type { AppPorts } from '../../core/app-ports.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { type Feature, worker } from '../../core/feature.ts';
import { readMessage } from '../../core/queue.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { KEY_BACKUPS } from '../backup/queues.ts';
import type { BackupConfig } from '../backup/settings.ts';
import { runIdentifier } from '../backup/start-runs.ts';
import { reportDeadLetters } from '../dead-letters/report.ts';
import type { GuardFacts } from './guards.ts';
import { DRILLS, type DrillRequest } from './message.ts';
import type { DrillRun } from './model/drill-state.ts';
import { type RunOrder, runDrills } from './run.ts';
import type { DrillSite, RunDeps } from './run-context.ts';
import { DRILL_SETTINGS, type DrillConfig } from './settings.ts';

interface DrillNeeds extends Pick<BackupConfig, 'budgetMs'> {
  readonly drill: DrillConfig;
}

/** What the drills work with. */
export interface DrillApp
  extends Omit<RunDeps, 'site' | 'askBackup' | 'protectedHsms'>,
    Pick<AppPorts, 'signal' | 'queue' | 'deadLetters'> {
  readonly config: DrillNeeds;
  readonly sites: readonly DrillSite[];
  readonly protectedHsms: GuardFacts['protectedHsms'];
  /** The queue of the app that backs up. */
  readonly backupQueue: AppPorts['queue'];
}

/** Keys drilled at the same time: the pace of the HSM, and not the waiting for its answers, is to be what limits a run. */
const CONCURRENCY = 24;
/** What an hour finds: what a process that died has left, and keys that cannot wait for the night. */
const RECONCILE_SCHEDULE = '0 35 * * * *';

export const DRILL: Feature<DrillNeeds, DrillApp> = {
  name: 'drill',
  settings: DRILL_SETTINGS,
  queues: [DRILLS],
  triggers: [
    {
      kind: 'timer',
      name: 'nightlyDrill',
      schedule: ({ drill }) => drill.schedule,
      run: (app) => drillEverywhere(app, 'nightly'),
    },
    {
      kind: 'timer',
      name: 'drillReconcile',
      schedule: () => RECONCILE_SCHEDULE,
      async run(app) {
        // The trouble of one is not the other's.
        const done = await Promise.allSettled([drillEverywhere(app, 'hourly'), reportDeadLetters(app)]);
        for (const one of done) if (one.status === 'rejected') throw one.reason;
      },
    },
    worker('drillWorker', DRILLS, async (app, message) => {
      const { drillHsm, runId, what } = readMessage(DRILLS, message);
      const site = app.sites.find(({ name }) => name === drillHsm);
      if (site !== undefined) return drillOnRequest(app, site, { runId, what });
      throw new WardenError('hsm-unknown', {
        message: `There is no drill HSM ${drillHsm} in the settings.`,
        advice:
          'WARDEN_DRILL_HSMS names the drill HSMs. A message about another one belongs into no queue: delete it.',
        hsm: drillHsm,
      });
    }),
  ],
};

/** Of several drill HSMs the trouble of one is not the others'. Fails with the first failure, when all have had their turn. */
async function drillEverywhere(app: DrillApp, when: 'nightly' | 'hourly'): Promise<void> {
  const failures: unknown[] = [];
  const what: DrillRequest = { kind: 'due' };
  const runId = runIdentifier(app.clock.now(), 'drill');
  for (const site of app.sites) {
    try {
      await drillAt(app, site, { runId, what }, when);
    } catch (error) {
      // A run that is under way does what this one would.
      if (isWardenError(error, 'lease-held'))
        app.logger.info('drills are under way already', { hsm: site.name });
      else failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** What is left when the time of an invocation is over is another one's. */
async function drillOnRequest(app: DrillApp, site: DrillSite, order: RunOrder): Promise<void> {
  const { left } = await drillAt(app, site, order, 'nightly');
  if (left !== undefined) await app.queue.send(DRILLS, { kind: 'drill', drillHsm: site.name, ...order });
}

function drillAt(
  app: DrillApp,
  site: DrillSite,
  order: RunOrder,
  when: 'nightly' | 'hourly',
): Promise<DrillRun> {
  const { config, clock, backupQueue } = app;
  const askBackup = (hsm: string, key: string) =>
    backupQueue.send(KEY_BACKUPS, { kind: 'key-backup', hsm, key, reason: 'requested' });
  const policy = {
    days: config.drill.days,
    nextRunAt: nextRunAfter(config.drill.schedule, clock.now()),
    nightly: when === 'nightly',
    retry: DEFAULT_RETRY,
    concurrency: CONCURRENCY,
    budgetMs: config.budgetMs,
  };
  return runDrills({ ...app, site, askBackup }, policy, order, app.signal);
}
