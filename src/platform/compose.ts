/** The one composition root: makes every adapter from the configuration and hands the engine its ports. */
import { channel } from 'node:diagnostics_channel';
import type { TokenCredential } from '@azure/core-auth';
import { BlobBackupStore } from '../adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../adapters/blob/blob-document-store.ts';
import { BlobLeases } from '../adapters/blob/blob-leases.ts';
import { createBlobService, ensureContainer } from '../adapters/blob/clients.ts';
import { topicCredential } from '../adapters/events/topic-credential.ts';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { readCaFile } from '../adapters/http/tls.ts';
import {
  managedIdentity,
  surroundingIdentity,
  TokenFileCredential,
} from '../adapters/identity/credential.ts';
import { KeyVaultKeyService } from '../adapters/keyvault/key-vault-key-service.ts';
import { AimdPacer } from '../adapters/pacing/aimd-pacer.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { StorageWorkQueue } from '../adapters/queue/storage-work-queue.ts';
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { WardenError } from '../core/errors.ts';
import type { KeyService, Logger, Pacer } from '../core/ports.ts';
import { DEFAULT_RETRY } from '../core/retry.ts';
import { Turns } from '../core/serialize.ts';
import { parseSweepMessage } from '../features/backup/message.ts';
import { type RunTrigger, startRuns } from '../features/backup/start-runs.ts';
import { type SweepResult, sweep } from '../features/backup/sweep.ts';
import type { SweepPolicy } from '../features/backup/sweep-context.ts';
import { composeWatch, publisherFor, type Watch } from './compose-watch.ts';
import type { Config, CredentialConfig, HsmConfig } from './config/config.ts';
import { isLoopback } from './config/settings.ts';

/** Where the log of one invocation goes; the invocation context of the Functions library is one. */
export interface InvocationLog {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** What the functions call. */
export interface Warden {
  readonly config: Config;
  /** Starts a run over every HSM; returns its identifier. */
  startRuns(trigger: RunTrigger, log: InvocationLog): Promise<string>;
  /** Does one part of the run that a queue message asks for. */
  sweep(message: unknown, log: InvocationLog): Promise<SweepResult>;
  /** The watch, the audit feed, the backup of single keys and the verification. */
  readonly watch: Watch<InvocationLog>;
  /** Asks running work to stop; its messages return to the queue. */
  stop(): void;
}

/** One HSM with what belongs to it alone. The pacer lives as long as the process: two runs must not add up. */
interface Hsm {
  readonly config: HsmConfig;
  readonly keys: KeyService;
  readonly pacer: Pacer;
}

/** Progress of sweeps, for whoever watches in this process: each message is a `RunSummary`. */
const progress = channel('hsm-warden.sweep');
/** Progress is saved at least this often; what a crash can make a worker look up again is bounded by it. */
const CHECKPOINT_MS = 30_000;

/** Makes the product from its configuration. Nothing is contacted before the first call. */
export function composeWarden(config: Config): Warden {
  const clock = systemClock;
  const stopping = new AbortController();
  const credential = credentialOf(config.credential);
  const caPem = config.caFile === undefined ? undefined : readCaFile(config.caFile);
  const storage = storageOf(config, credential, caPem);
  const stateContainer = createBlobService(storage.state).getContainerClient(config.stateContainer);
  const backupContainer = createBlobService(storage.backup).getContainerClient(config.backupContainer);
  const state = new BlobDocumentStore({ container: stateContainer, clock });
  const leases = new BlobLeases({ container: stateContainer, clock });
  // What a deployment makes in Azure, nobody makes for a storage emulator.
  const emulated = config.storage.kind === 'connection';
  const queue = new StorageWorkQueue({
    service: createQueueService(storage.state),
    clock,
    createMissing: emulated,
  });
  let prepared: Promise<unknown> | undefined;
  const prepare = () => {
    prepared ??= Promise.all(
      [stateContainer, backupContainer].map((container) => ensureContainer(container, clock)),
    );
    return prepared;
  };
  const turns = new Turns();
  const hsms = new Map(config.hsms.map((hsm) => [hsm.name, composeHsm(hsm, credential, caPem)]));
  const loggerTo = (log: InvocationLog) =>
    createJsonLogger({ write: (line, level) => log[level](line.trimEnd()) }, clock);
  const backupsWith = (logger: Logger) => new BlobBackupStore({ container: backupContainer, clock, logger });

  const watch = composeWatch<InvocationLog>({
    config,
    clock,
    state,
    queue,
    hsmOf: (name) => hsms.get(name) ?? unknownHsm(name),
    loggerTo,
    backupsWith,
    publisherWith: publisherFor(config.watch.topicUrl, {
      credential: topicCredential(credential, config.watch.topicKey),
      clock,
      ...(caPem !== undefined && { caPem }),
    }),
    prepare: emulated ? prepare : async () => undefined,
    signal: stopping.signal,
  });

  return {
    config,
    watch,
    startRuns: (trigger, log) =>
      startRuns(
        { queue, clock, logger: loggerTo(log) },
        [...hsms.keys()],
        trigger,
        DEFAULT_RETRY,
        stopping.signal,
      ),
    sweep: async (raw, log) => {
      const message = parseSweepMessage(raw);
      const hsm = hsms.get(message.hsm) ?? unknownHsm(message.hsm);
      const logger = loggerTo(log);
      if (emulated) await prepare();
      const deps = { ...hsm, backups: backupsWith(logger), state, leases, queue, clock, logger, turns };
      return sweep(deps, policyOf(config, hsm.config), message, stopping.signal);
    },
    stop: () => stopping.abort(new WardenError('app-stopping', { message: 'The app is stopping.' })),
  };
}

export function composeHsm(config: HsmConfig, credential: TokenCredential, caPem: string | undefined): Hsm {
  const keys = new KeyVaultKeyService({
    hsm: config.name,
    url: config.url,
    credential,
    clock: systemClock,
    ...(caPem !== undefined && { caPem }),
    disableChallengeResourceVerification: isLoopback(config.url),
  });
  return { config, keys, pacer: new AimdPacer({ ratePerSecond: config.pace, clock: systemClock }) };
}

function policyOf(config: Config, hsm: HsmConfig): SweepPolicy {
  const { selection, refreshMs, schedule, concurrency, budgetMs } = config;
  return {
    selection,
    refreshMs,
    schedule,
    concurrency,
    budgetMs,
    pace: hsm.pace,
    checkpointMs: CHECKPOINT_MS,
    retry: DEFAULT_RETRY,
    onProgress: (run) => progress.publish(run),
  };
}

export function credentialOf(config: CredentialConfig): TokenCredential {
  if (config.kind === 'managed-identity') return managedIdentity(config.clientId);
  return config.kind === 'default' ? surroundingIdentity() : new TokenFileCredential(config.tokenFile);
}

export function storageOf(
  { storage }: Config,
  credential: TokenCredential,
  caPem: string | undefined,
): { readonly backup: StorageAccess; readonly state: StorageAccess } {
  const ca = caPem === undefined ? {} : { caPem };
  if (storage.kind === 'connection') {
    const access = { kind: 'connection-string', connectionString: storage.connectionString, ...ca } as const;
    return { backup: access, state: access };
  }
  const { backupUrl, stateUrl, queueUrl } = storage;
  const access = (blobUrl: string) => ({ kind: 'identity', blobUrl, queueUrl, credential, ...ca }) as const;
  return { backup: access(backupUrl), state: access(stateUrl) };
}

function unknownHsm(name: string): never {
  throw new WardenError('hsm-unknown', {
    message: `A message asks for HSM ${name}, which the settings do not name.`,
    advice: 'Add it to WARDEN_HSMS, or delete the message from the poison queue.',
    hsm: name,
  });
}
