/** The verification: every stored backup is read again, each night. */
import type { AppPorts } from '../../core/app-ports.ts';
import { type Feature, worker } from '../../core/feature.ts';
import { readMessage } from '../../core/queue.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { numberBetween, Schedule } from '../../core/settings/kinds.ts';
import { setting, type Values } from '../../core/settings/setting.ts';
import { DAY_MS } from '../../core/time.ts';
import type { BackupConfig } from '../backup/settings.ts';
import { VERIFICATIONS, type VerifyMessage } from './message.ts';
import { startVerification, type VerifyResult, verify } from './verify.ts';

/** By the name of their environment variable. */
export const VERIFY_SETTINGS = {
  WARDEN_VERIFY_SCHEDULE: setting(Schedule, {
    description: 'When the verification of all stored backups starts.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 0 5 * * *',
  }),
  WARDEN_BACKUP_RETENTION_DAYS: setting(numberBetween(1, 36500, 'days'), {
    description:
      'Age at which the lifecycle rule of the storage removes backups (`deleteAfterDays`): later the verification misses none of a key that is left out.',
    expected: '1 to 36500 days',
    default: '400',
  }),
} as const;

/** What is read from these settings. */
export interface VerifyConfig {
  readonly schedule: string;
  /** Age in milliseconds at which backups leave the store. */
  readonly retentionMs: number;
}

/** The configuration. */
export function verifyConfig(values: Values<typeof VERIFY_SETTINGS>): VerifyConfig {
  return {
    schedule: values.WARDEN_VERIFY_SCHEDULE,
    retentionMs: values.WARDEN_BACKUP_RETENTION_DAYS * DAY_MS,
  };
}

interface VerifyNeeds extends Pick<BackupConfig, 'selection' | 'budgetMs'> {
  readonly verify: VerifyConfig;
}

interface VerifyApp extends AppPorts {
  readonly config: VerifyNeeds;
}

/** Backups read concurrently: they are small, and a Blob account takes thousands of requests a second. */
const CONCURRENCY = 8;

export const VERIFY: Feature<VerifyNeeds, VerifyApp> = {
  name: 'verify',
  settings: VERIFY_SETTINGS,
  queues: [VERIFICATIONS],
  triggers: [
    {
      kind: 'timer',
      name: 'nightlyVerify',
      schedule: ({ verify: { schedule } }) => schedule,
      run: (app) => startVerification(app, app.hsms.names),
    },
    worker('verifyWorker', VERIFICATIONS, (app, message) =>
      verifyHsm(app, readMessage(VERIFICATIONS, message)),
    ),
  ],
};

/** Does one part of the verification that `request` asks for, by the rules of the settings. */
export async function verifyHsm(app: VerifyApp, request: VerifyMessage): Promise<VerifyResult> {
  const { selection, budgetMs, verify: config } = app.config;
  const policy = {
    selection,
    budgetMs,
    retentionMs: config.retentionMs,
    concurrency: CONCURRENCY,
    retry: DEFAULT_RETRY,
  };
  return verify(app, policy, request, app.signal);
}
