/** From the environment to a checked configuration, or to the list of everything that is wrong with it. */

import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';
import type { KeySelection } from '../../core/model/selection.ts';
import { DAY_MS } from '../../core/time.ts';
import { buildRecovery, type RecoveryConfig, recoveryProblems } from './recovery-config.ts';
import { isLoopback, SETTINGS, type SettingName } from './settings.ts';
import { type WatchConfig, watchConfig } from './watch-settings.ts';

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

/** One HSM to protect. */
export interface HsmConfig {
  readonly name: string;
  readonly url: string;
  /** Key backups a second. */
  readonly pace: number;
}

/** The whole configuration. Durations are milliseconds. */
export interface Config {
  readonly hsms: readonly HsmConfig[];
  readonly credential: CredentialConfig;
  /** PEM of the certificate authority of local emulators, trusted in place of the usual ones. */
  readonly caFile?: string;
  readonly storage: StorageConfig;
  readonly backupContainer: string;
  readonly stateContainer: string;
  readonly schedule: string;
  readonly concurrency: number;
  readonly refreshMs: number;
  readonly selection: KeySelection;
  readonly budgetMs: number;
  readonly watch: WatchConfig;
  /** Absent when no tenant is set: then there is no recovery. */
  readonly recovery?: RecoveryConfig;
}

/** Settings whose values are never repeated. */
const SECRET = ['WARDEN_STORAGE_CONNECTION', 'WARDEN_WEBHOOK_SECRETS', 'WARDEN_TOPIC_KEY'];

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One problem of the settings. */
interface SettingProblem {
  readonly setting: string;
  readonly found: string;
  readonly expected: string;
}

const shape = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { schema }]) => [name, z.optional(schema)]),
) as { [Name in SettingName]: z.ZodOptional<(typeof SETTINGS)[Name]['schema']> };
const Environment = z.object(shape);
type Parsed = z.infer<typeof Environment>;

/** Reads all settings. Fails with `settings-invalid`, whose message lists every problem, a line each. */
export function readConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('WARDEN_') && value?.trim() !== ''),
  );
  const problems: SettingProblem[] = unknownSettings(given);
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const invalid = new Map(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
    for (const [name, message] of invalid) problems.push(describe(name, given[name], message));
    // What could be read is still checked for what is missing, so that one start shows everything.
    for (const name of invalid.keys()) delete given[name];
    const rest = Environment.parse(given);
    problems.push(...contradictions(rest).filter(({ setting }) => !invalid.has(setting)));
    throw refuse(problems);
  }
  problems.push(...contradictions(parsed.data));
  if (problems.length > 0) throw refuse(problems);
  return build(parsed.data);
}

function unknownSettings(given: Environment): SettingProblem[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(SETTINGS, name))
    .map((setting) => ({
      setting,
      found: 'a setting of this name',
      expected: 'only settings that the product knows',
    }));
}

function describe(name: string, value: string | undefined, message: string): SettingProblem {
  const documented = Object.entries(SETTINGS).find(([known]) => known === name)?.[1].doc.expected ?? '';
  // What can hold a key or a secret is never repeated.
  const found = SECRET.includes(name) ? 'a value that is not shown' : JSON.stringify(value);
  return { setting: name, found, expected: `${documented} (${message})` };
}

/** Rules over several settings. */
function contradictions(parsed: Parsed): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const need = (setting: SettingName, found: string, expected: string) =>
    problems.push({ setting, found, expected });
  const credential = parsed.WARDEN_CREDENTIAL ?? 'managed-identity';
  if (parsed.WARDEN_HSMS === undefined) need('WARDEN_HSMS', 'nothing', SETTINGS.WARDEN_HSMS.doc.expected);
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
  if (blobUrl !== undefined && parsed.WARDEN_QUEUE_URL === undefined && !blobUrl.includes(BLOB_HOST)) {
    need('WARDEN_QUEUE_URL', 'nothing', `the queue endpoint, for it does not follow from ${blobUrl}`);
  }
  const tokenFile = credential === 'token-file';
  if (tokenFile && parsed.WARDEN_TOKEN_FILE === undefined) {
    need('WARDEN_TOKEN_FILE', 'nothing', 'the file with the token of the emulator');
  }
  if (!tokenFile && parsed.WARDEN_TOKEN_FILE !== undefined) {
    need('WARDEN_TOKEN_FILE', 'a path', 'nothing, unless WARDEN_CREDENTIAL is token-file');
  }
  if (tokenFile || parsed.WARDEN_CA_FILE !== undefined) problems.push(...awayFromHome(parsed));
  const hsms = (parsed.WARDEN_HSMS ?? []).map(({ name }) => name);
  problems.push(...recoveryProblems(parsed, hsms, isLoopback));
  return problems;
}

/** What is for emulators must not meet a real HSM. */
function awayFromHome(parsed: Parsed): SettingProblem[] {
  return (parsed.WARDEN_HSMS ?? [])
    .filter(({ url }) => url === undefined || !isLoopback(url))
    .map(({ name, url }) => ({
      setting: 'WARDEN_HSMS',
      found: `${name} at ${url ?? 'its Azure URL'}`,
      expected: 'URLs on loopback, while WARDEN_CA_FILE or a token file is set',
    }));
}

function isLoopbackConnection(text: string): boolean {
  if (/^UseDevelopmentStorage=true;?$/i.test(text.trim())) return true;
  const endpoints = new Map(
    [...text.matchAll(/(Blob|Queue)Endpoint=([^;]+)/gi)].map(([, service = '', url = '']) => [
      service.toLowerCase(),
      url,
    ]),
  );
  // Both must be named: one that is not would be made from the account's name, off this machine.
  return endpoints.size === 2 && [...endpoints.values()].every(isLoopback);
}

function refuse(problems: readonly SettingProblem[]): WardenError {
  const lines = problems.map(
    ({ setting, found, expected }) => `  ${setting}: found ${found}; expected ${expected}`,
  );
  return new WardenError('settings-invalid', {
    message: `${problems.length} problem${problems.length === 1 ? '' : 's'} with the settings:\n${lines.join('\n')}`,
    advice: 'Correct the settings and start again; docs/configuration.md describes each.',
  });
}

function build(parsed: Parsed): Config {
  const pace = parsed.WARDEN_PACE ?? 8;
  const recovery = buildRecovery(parsed);
  const hsms = (parsed.WARDEN_HSMS ?? []).map((hsm) => ({
    name: hsm.name,
    url: hsm.url ?? `https://${hsm.name.toLowerCase()}.managedhsm.azure.net`,
    pace: hsm.pace ?? pace,
  }));
  return {
    hsms,
    credential: credentialOf(parsed),
    ...(parsed.WARDEN_CA_FILE !== undefined && { caFile: parsed.WARDEN_CA_FILE }),
    storage: storageOf(parsed),
    backupContainer: parsed.WARDEN_BACKUP_CONTAINER ?? 'key-backups',
    stateContainer: parsed.WARDEN_STATE_CONTAINER ?? 'warden-state',
    schedule: parsed.WARDEN_SCHEDULE ?? '0 0 2 * * *',
    concurrency: parsed.WARDEN_CONCURRENCY ?? shareOfKeys(hsms.length),
    refreshMs: (parsed.WARDEN_REFRESH_DAYS ?? 7) * DAY_MS,
    selection: {
      include: parsed.WARDEN_INCLUDE ?? [],
      exclude: parsed.WARDEN_EXCLUDE ?? [],
      excludeTags: parsed.WARDEN_EXCLUDE_TAGS ?? [],
    },
    budgetMs: (parsed.WARDEN_BUDGET_SECONDS ?? 600) * 1000,
    watch: watchConfig(parsed),
    ...(recovery !== undefined && { recovery }),
  };
}

/**
 * How many keys of each of `hsms` HSMs are under way at once: few enough for the memory of one process, and four hold a pace of
 * 10/s against answers as slow as recorded ones (docs/performance.md).
 */
function shareOfKeys(hsms: number): number {
  return Math.max(4, Math.floor(16 / hsms));
}

function credentialOf(parsed: Parsed): CredentialConfig {
  if (parsed.WARDEN_CREDENTIAL === 'default') return { kind: 'default' };
  if (parsed.WARDEN_CREDENTIAL === 'token-file') {
    return { kind: 'token-file', tokenFile: parsed.WARDEN_TOKEN_FILE ?? '' };
  }
  return {
    kind: 'managed-identity',
    ...(parsed.WARDEN_CLIENT_ID !== undefined && { clientId: parsed.WARDEN_CLIENT_ID }),
  };
}

function storageOf(parsed: Parsed): StorageConfig {
  if (parsed.WARDEN_STORAGE_CONNECTION !== undefined) {
    return { kind: 'connection', connectionString: parsed.WARDEN_STORAGE_CONNECTION };
  }
  const backupUrl = parsed.WARDEN_BACKUP_URL ?? '';
  const stateUrl = parsed.WARDEN_STATE_URL ?? backupUrl;
  return {
    kind: 'identity',
    backupUrl,
    stateUrl,
    queueUrl: parsed.WARDEN_QUEUE_URL ?? stateUrl.replace(BLOB_HOST, '.queue.'),
  };
}
