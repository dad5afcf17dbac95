/** The watch over soft-deleted keys: what is about to be purged, what is not protected, what is used while deleted. */
import type { AppPorts, Hsm } from '../../core/app-ports.ts';
import { sendForEach } from '../../core/each-hsm.ts';
import { type Feature, worker } from '../../core/feature.ts';
import { readMessage } from '../../core/queue.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { BackupConfig } from '../backup/settings.ts';
import { isAnswered } from './answered.ts';
import { askForBackups } from './ask-backups.ts';
import { SCANS, type ScanMessage } from './model/message.ts';
import type { WatchPolicy } from './model/policy.ts';
import type { Signals } from './model/signals.ts';
import { type ScanDeps, type ScanResult, scan } from './scan.ts';
import { WATCH_SETTINGS, type WatchConfig, watchPolicy } from './settings.ts';

/** The part of the configuration that the watch reads. */
export interface WatchNeeds extends Pick<BackupConfig, 'selection' | 'schedule' | 'refreshMs'> {
  readonly watch: WatchConfig;
}

/** What the watch works with. */
export interface WatchApp extends AppPorts, Pick<ScanDeps, 'drillsOf'> {
  readonly config: WatchNeeds;
  /** Hears what each scan saw, once it is stored and published. */
  readonly onScanned?: (scan: ScanResult, policy: WatchPolicy) => Promise<void>;
}

/** What of it one scan takes. */
export interface ScanApp
  extends Omit<ScanDeps, 'keys' | 'backups' | 'pins' | 'retry'>,
    Pick<WatchApp, 'config' | 'backups' | 'queue' | 'signal' | 'onScanned'> {
  readonly hsms: { get(name: string): Pick<Hsm, 'keys'> };
}

/** A scan repeats what fails within seconds only: a quarter of an hour later comes the next. */
const SCAN_RETRY: RetryPolicy = { attempts: 4, firstDelayMs: 500, maxDelayMs: 10_000 };

export const WATCH: Feature<WatchNeeds, WatchApp> = {
  name: 'watch',
  settings: WATCH_SETTINGS,
  queues: [SCANS],
  triggers: [
    {
      kind: 'timer',
      name: 'deletedKeyWatch',
      schedule: ({ watch }) => watch.schedule,
      run: (app) => {
        const at = app.clock.now();
        return sendForEach(app, SCANS, app.hsms.names, (hsm): ScanMessage => ({ kind: 'look', hsm, at }));
      },
    },
    worker('watchWorker', SCANS, async (app, message) => {
      const asked = readMessage(SCANS, message);
      if (await isAnswered(app, asked)) return undefined;
      return scanHsm(app, asked.hsm, asked.signals);
    }),
  ],
};

/** Scans one HSM of the settings by the rules of the settings. */
export async function scanHsm(app: ScanApp, hsm: string, signals?: Signals): Promise<ScanResult> {
  const { keys } = app.hsms.get(hsm);
  const deps = { ...app, keys, pins: app.backups, retry: SCAN_RETRY };
  const policy = watchPolicy(app.config);
  const result = await scan(deps, policy, signals, app.signal);
  await askForBackups(app.queue, result, policy.selection);
  await app.onScanned?.(result, policy);
  return result;
}
