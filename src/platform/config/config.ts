/** From the environment to a checked configuration, or to the list of everything that is wrong with it. */

import { definedOnly } from '../../core/defined-only.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import type { SettingProblem } from '../../core/settings/setting.ts';
import { type AuditFeedConfig, auditFeedConfig } from '../../features/audit-feed/manifest.ts';
import { type BackupConfig, backupConfig } from '../../features/backup/settings.ts';
import { type ConsoleConfig, consoleConfig } from '../../features/console/settings.ts';
import { type DrillConfig, drillConfig, drillFaults } from '../../features/drill/settings.ts';
import { type FleetConfig, fleetConfig, fleetProblems } from '../../features/fleet/settings.ts';
import {
  isNotifySetting,
  type NotifyConfig,
  notifyConfig,
  notifyFaults,
} from '../../features/notify/settings.ts';
import {
  buildRecovery,
  type RecoveryConfig,
  recoveryFaults,
  recoveryProblems,
} from '../../features/recovery/config.ts';
import { type SealConfig, sealConfig, sealProblems } from '../../features/seals/settings.ts';
import { type VerifyConfig, verifyConfig } from '../../features/verify/manifest.ts';
import { type WatchConfig, watchConfig } from '../../features/watch/settings.ts';
import { type HsmConfig, hsmsOf } from './hsms.ts';
import { isLoopbackConnection, offThisMachine } from './local-only.ts';
import { refuse } from './problems.ts';
import { type ProductValues, SETTINGS, type SettingName } from './product-settings.ts';
import { type Environment, readValues } from './read-values.ts';

export type { HsmConfig } from './hsms.ts';
export type { Environment } from './read-values.ts';

/** What the endpoints of one account for blobs and for queues differ in. */
const BLOB_HOST = '.blob.';

/** Who the app is towards HSMs and storage. */
export type CredentialConfig =
  | { readonly kind: 'managed-identity'; readonly clientId?: string }
  | { readonly kind: 'default' }
  | { readonly kind: 'token-file'; readonly tokenFile: string };

/** Where backups, state and queues are. A connection string is for a storage emulator on loopback only. */
type StorageConfig =
  | {
      readonly kind: 'identity';
      readonly backupUrl: string;
      readonly stateUrl: string;
      readonly queueUrl: string;
    }
  | { readonly kind: 'connection'; readonly connectionString: string };

/** The whole configuration. Durations are milliseconds. */
export interface Config extends BackupConfig {
  readonly hsms: readonly HsmConfig[];
  /** Of an HSM that names none, key backups a second. */
  readonly pace: number;
  readonly credential: CredentialConfig;
  /** PEM of the certificate authority of local emulators, trusted in place of the usual ones. */
  readonly caFile?: string;
  readonly storage: StorageConfig;
  readonly backupContainer: string;
  readonly stateContainer: string;
  /** Container of the audit log of the recovery, beside the backups: other apps read it, too. */
  readonly auditContainer: string;
  readonly topicUrl?: string;
  /** Set for a topic on loopback only. */
  readonly topicKey?: string;
  readonly watch: WatchConfig;
  readonly verify: VerifyConfig;
  /** Absent when no event hub is named. */
  readonly auditFeed?: AuditFeedConfig;
  readonly notify: NotifyConfig;
  readonly drill: DrillConfig;
  readonly fleet: FleetConfig;
  readonly console: ConsoleConfig;
  /** Absent when no tenant is set: then there is no recovery. */
  readonly recovery?: RecoveryConfig;
  /** Absent where no public key is pinned: then nothing is sealed. */
  readonly seals?: SealConfig;
  /** What is wrong with single HSMs, or with the notifications: it stops nothing else, and is reported. */
  readonly faults: readonly SettingProblem[];
}

/** Reads all settings. Fails with `settings-invalid`, whose message lists every problem, a line each. */
export function readConfig(environment: Environment): Config {
  const { values, given, problems, invalid } = readValues(SETTINGS, environment);
  // What could be read is still checked for what is missing, so that one start shows everything.
  // Whether people are reached must not decide whether keys are backed up: what is wrong there is reported.
  const serious = problems.filter(({ setting }) => !isNotifySetting(setting));
  const all = [...serious, ...contradictions(values, given).filter(({ setting }) => !invalid.has(setting))];
  if (all.length > 0) throw refuse(all);
  const config = build(values);
  return { ...config, faults: [...config.faults, ...problems] };
}

/**
 * Whom the app trusts to say who people are, where those settings are valid, whatever the others are like: what is wrong with
 * them is shown to people with a role.
 */
export function readTrust(environment: Environment): RecoveryConfig['trust'] | undefined {
  const { values, given, problems } = readValues(SETTINGS, environment);
  const all = [...problems, ...contradictions(values, given)];
  const unsure = all.some(({ setting }) => setting.startsWith('WARDEN_AUTH_'));
  return unsure ? undefined : buildRecovery(values)?.trust;
}

/** Rules over several settings. */
function contradictions(parsed: ProductValues, given: ReadonlySet<string>): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const need = (setting: SettingName, found: string, expected: string) =>
    problems.push({ setting, found, expected });
  if (parsed.WARDEN_HSMS === undefined) need('WARDEN_HSMS', 'nothing', SETTINGS.WARDEN_HSMS.expected);
  if (parsed.WARDEN_BACKUP_URL === undefined && parsed.WARDEN_STORAGE_CONNECTION === undefined) {
    need('WARDEN_BACKUP_URL', 'nothing', 'the blob endpoint of the storage account for the backups');
  }
  if (parsed.WARDEN_STORAGE_CONNECTION !== undefined) {
    if (parsed.WARDEN_BACKUP_URL !== undefined) {
      need('WARDEN_STORAGE_CONNECTION', 'both this and WARDEN_BACKUP_URL', 'one of the two');
    }
    if (!isLoopbackConnection(parsed.WARDEN_STORAGE_CONNECTION)) {
      need(
        'WARDEN_STORAGE_CONNECTION',
        'endpoints off this machine',
        'a storage emulator on loopback; in Azure use URLs and an identity',
      );
    }
  }
  for (const name of [
    'WARDEN_BACKUP_URL',
    'WARDEN_STATE_URL',
    'WARDEN_QUEUE_URL',
    'WARDEN_TOPIC_URL',
    'WARDEN_DRILL_QUEUE_URL',
    'WARDEN_DRILL_FAULTS_URL',
  ] as const) {
    const url = parsed[name];
    if (url?.startsWith('http:') === true && !isLoopback(url))
      need(name, url, 'https for anything but loopback');
  }
  const { WARDEN_TOPIC_KEY: topicKey, WARDEN_TOPIC_URL: topicUrl } = parsed;
  if (topicKey !== undefined && (topicUrl === undefined || !isLoopback(topicUrl))) {
    need(
      'WARDEN_TOPIC_KEY',
      `a key for ${topicUrl ?? 'no topic'}`,
      'nothing, unless WARDEN_TOPIC_URL is on loopback: in Azure the identity of the app publishes',
    );
  }
  const blobUrl = parsed.WARDEN_STATE_URL ?? parsed.WARDEN_BACKUP_URL;
  if (blobUrl !== undefined && parsed.WARDEN_QUEUE_URL === undefined && queuesBeside(blobUrl) === undefined) {
    need('WARDEN_QUEUE_URL', 'nothing', `the queue endpoint, for it does not follow from ${blobUrl}`);
  }
  const tokenFile = parsed.WARDEN_CREDENTIAL === 'token-file';
  if (tokenFile && parsed.WARDEN_TOKEN_FILE === undefined) {
    need('WARDEN_TOKEN_FILE', 'nothing', 'the file with the token of the emulator');
  }
  if (!tokenFile && parsed.WARDEN_TOKEN_FILE !== undefined) {
    need('WARDEN_TOKEN_FILE', 'a path', 'nothing, unless WARDEN_CREDENTIAL is token-file');
  }
  if (tokenFile || parsed.WARDEN_CA_FILE !== undefined) problems.push(...offThisMachine(parsed));
  problems.push(...recoveryProblems(parsed, given), ...sealProblems(parsed), ...fleetProblems(parsed));
  return problems;
}

function build(values: ProductValues): Config {
  const recovery = buildRecovery(values);
  const auditFeed = auditFeedConfig(values);
  const { WARDEN_TOPIC_URL: topicUrl, WARDEN_TOPIC_KEY: topicKey } = values;
  const seals = sealConfig(values);
  const { hsms, faults } = hsmsOf(values.WARDEN_HSMS ?? [], values.WARDEN_PACE);
  const names = hsms.map(({ name }) => name);
  const fleet = fleetConfig(values);
  // One that was added is named by no setting: people decide that later.
  const mayGrow = fleet.scopes.length > 0;
  return {
    hsms,
    pace: values.WARDEN_PACE,
    credential: credentialOf(values),
    ...definedOnly({ caFile: values.WARDEN_CA_FILE }),
    storage: storageOf(values),
    backupContainer: values.WARDEN_BACKUP_CONTAINER,
    stateContainer: values.WARDEN_STATE_CONTAINER,
    auditContainer: values.WARDEN_AUDIT_CONTAINER,
    ...definedOnly({ topicUrl, topicKey }),
    ...backupConfig(values, hsms.length),
    watch: watchConfig(values),
    verify: verifyConfig(values),
    notify: notifyConfig(values),
    drill: drillConfig(values, names, mayGrow),
    fleet,
    console: consoleConfig(values),
    ...definedOnly({ auditFeed, recovery, seals }),
    faults: [
      ...faults,
      ...notifyFaults(values),
      ...recoveryFaults(values, names),
      ...drillFaults(values, names, mayGrow),
    ],
  };
}

function credentialOf(parsed: ProductValues): CredentialConfig {
  if (parsed.WARDEN_CREDENTIAL === 'default') return { kind: 'default' };
  if (parsed.WARDEN_CREDENTIAL === 'token-file') {
    return { kind: 'token-file', tokenFile: parsed.WARDEN_TOKEN_FILE ?? '' };
  }
  return {
    kind: 'managed-identity',
    ...definedOnly({ clientId: parsed.WARDEN_CLIENT_ID }),
  };
}

function storageOf(parsed: ProductValues): StorageConfig {
  if (parsed.WARDEN_STORAGE_CONNECTION !== undefined) {
    return { kind: 'connection', connectionString: parsed.WARDEN_STORAGE_CONNECTION };
  }
  const backupUrl = parsed.WARDEN_BACKUP_URL ?? '';
  const stateUrl = parsed.WARDEN_STATE_URL ?? backupUrl;
  return {
    kind: 'identity',
    backupUrl,
    stateUrl,
    queueUrl: parsed.WARDEN_QUEUE_URL ?? queuesBeside(stateUrl) ?? stateUrl,
  };
}

/** The endpoint for queues of the account with an endpoint for blobs; undefined where it does not follow from it. */
export function queuesBeside(blobUrl: string): string | undefined {
  return blobUrl.includes(BLOB_HOST) ? blobUrl.replace(BLOB_HOST, '.queue.') : undefined;
}
