/** The recovery's composition root: an app and an identity of its own, with what is the recovery's alone. */

import { channel } from 'node:diagnostics_channel';
import type { TokenCredential } from '@azure/core-auth';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobAuditAnchor } from '../adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../adapters/audit/blob-audit-store.ts';
import { identityProof } from '../adapters/auth/identity-proof.ts';
import { TokenAuthenticator } from '../adapters/auth/token-authenticator.ts';
import { TokenVerifier } from '../adapters/auth/token-verifier.ts';
import { StandardWebhookSignatures } from '../adapters/auth/webhook-signatures.ts';
import { BlobBackupStore } from '../adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../adapters/blob/blob-document-store.ts';
import { createBlobService, ensureContainer } from '../adapters/blob/clients.ts';
import { EventGridPublisher } from '../adapters/events/event-grid-publisher.ts';
import { topicCredential } from '../adapters/events/topic-credential.ts';
import { readCaFile } from '../adapters/http/tls.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { StorageWorkQueue } from '../adapters/queue/storage-work-queue.ts';
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import { randomIds } from '../adapters/system/random-ids.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { DocumentStore } from '../core/documents/document-store.ts';
import { WardenError } from '../core/errors.ts';
import type { BackupStore, Clock, KeyService, Logger, Pacer, WorkQueue } from '../core/ports.ts';
import { ChainedAuditLog } from '../features/audit/audit-log.ts';
import { verifyAudit } from '../features/audit/verify-audit.ts';
import { Gate, type GateProof } from '../features/recovery/access/gate.ts';
import { createRecoveryApp, type RecoveryApp, type RecoveryAppFor } from '../features/recovery/app.ts';
import { CloudEventNotifier } from '../features/recovery/cloud-event.ts';
import type { RecoveryNotifier } from '../features/recovery/model/ports.ts';
import { composeHsm, credentialOf, type InvocationLog, storageOf } from './compose.ts';
import type { Config } from './config/config.ts';
import type { RecoveryConfig } from './config/recovery-config.ts';

/** What the functions of the recovery call. */
export interface Recovery {
  /** The recovery, logging to one invocation. */
  appFor(log: InvocationLog): RecoveryApp;
  /** Proves the gate as the app starts, whoever may call later: a disarmed one is told without being asked. It does not fail. */
  checkGate(): Promise<void>;
  /** Asks running work to stop; its messages return to the queue. */
  stop(): void;
}

/** Makes the recovery from the configuration. Fails with `settings-invalid` when the settings name no tenant. */
export function composeRecovery(config: Config): Recovery {
  if (config.recovery === undefined) {
    throw new WardenError('settings-invalid', {
      message: 'The recovery needs WARDEN_AUTH_TENANT and WARDEN_AUTH_AUDIENCE.',
      advice: 'docs/configuration.md describes them.',
    });
  }
  const clock = systemClock;
  const stopping = new AbortController();
  const credential = credentialOf(config.credential);
  const caPem = config.caFile === undefined ? undefined : readCaFile(config.caFile);
  const storage = storageOf(config, credential, caPem);
  const blobs = createBlobService(storage.state);
  const stateContainer = blobs.getContainerClient(config.stateContainer);
  // The audit log lies with the backups: in the account that is immutable, and where the apps' removal leaves it.
  const immutable = createBlobService(storage.backup);
  const auditContainer = immutable.getContainerClient(config.recovery.auditContainer);
  const backupContainer = immutable.getContainerClient(config.backupContainer);
  // What a deployment makes in Azure, nobody makes for a storage emulator.
  const emulated = config.storage.kind === 'connection';
  const logger = createJsonLogger({ write: writeLine }, clock);
  const appFor = composeRecoveryApp({
    config: config.recovery,
    hsms: new Map(config.hsms.map((hsm) => [hsm.name, composeHsm(hsm, credential, caPem)])),
    backups: new BlobBackupStore({ container: backupContainer, clock, logger }),
    store: new BlobDocumentStore({ container: stateContainer, clock }),
    stateContainer,
    auditContainer,
    ...(emulated && {
      prepare: () =>
        Promise.all([stateContainer, auditContainer, backupContainer].map((c) => ensureContainer(c, clock))),
    }),
    queue: new StorageWorkQueue({
      service: createQueueService(storage.state),
      clock,
      createMissing: emulated,
    }),
    notifier: notifierOf(config, credential, caPem, logger),
    clock,
    stopping: stopping.signal,
  });
  return {
    appFor: (log) => appFor(createJsonLogger({ write: (line, level) => log[level](line.trimEnd()) }, clock)),
    checkGate: async () => {
      const { armed, override, problems } = await appFor(logger).checkGate();
      if (armed) logger.info('gate checked', { armed, override });
      else logger.error('gate disarmed', { armed, override, problems });
    },
    stop: () => stopping.abort(new WardenError('app-stopping', { message: 'The app is stopping.' })),
  };
}

/** Lines that belong to no invocation: to whoever listens in this process, otherwise to standard output. */
const lines = channel('hsm-warden.log');

function writeLine(line: string): void {
  if (lines.hasSubscribers) lines.publish(line);
  else process.stdout.write(line);
}

/** Events are written to the log, where alert rules read them, and go to the topic of the settings. */
function notifierOf(
  config: Config,
  identity: TokenCredential,
  caPem: string | undefined,
  logger: Logger,
): RecoveryNotifier {
  const { topicUrl: url, topicKey } = config.watch;
  const ca = caPem === undefined ? {} : { caPem };
  const credential = topicCredential(identity, topicKey);
  const topic =
    url === undefined ? undefined : new EventGridPublisher({ url, credential, clock: systemClock, ...ca });
  return new CloudEventNotifier(async (event) => {
    const { id, type, subject, time, data } = event;
    logger.info('event', { id, type, subject, eventTime: time, ...data });
    await topic?.publish([event]);
  });
}

/** What the recovery is made of. */
export interface RecoveryParts {
  readonly config: RecoveryConfig;
  /** By the names in the settings. */
  readonly hsms: ReadonlyMap<string, { readonly keys: KeyService; readonly pacer: Pacer }>;
  readonly backups: BackupStore;
  readonly store: DocumentStore;
  readonly stateContainer: ContainerClient;
  readonly auditContainer: ContainerClient;
  readonly queue: WorkQueue;
  readonly notifier: RecoveryNotifier;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Makes what a deployment would have made; awaited by the gate before anything else. */
  readonly prepare?: () => Promise<unknown>;
}

/** The whole log is verified so often; in between, each line written proves the end of the chain. */
const AUDIT_PROOF_MS = 24 * 3_600_000;

/** Makes the recovery. Nothing is contacted before the first call. */
export function composeRecoveryApp(parts: RecoveryParts): RecoveryAppFor {
  const { config, clock, hsms } = parts;
  const auditStore = new BlobAuditStore({ container: parts.auditContainer, clock });
  const anchor = new BlobAuditAnchor({ container: parts.stateContainer, clock });
  const audit = new ChainedAuditLog(auditStore, anchor, clock);
  const verifier = new TokenVerifier(config.trust, clock);
  const proofs = {
    identity: identityProof(verifier, config.trust, clock),
    audit: auditProof(auditStore, anchor, parts),
  };
  return createRecoveryApp({
    ...parts,
    audit,
    auditStore,
    anchor,
    policy: config.policy,
    gate: new Gate({ policy: config.policy, proofs, notifier: parts.notifier, clock }),
    authenticator: new TokenAuthenticator(verifier, config.origin),
    signatures: new StandardWebhookSignatures(config.webhookSecrets),
    webhooks: config.webhooks,
    keysOf: (name) => of(hsms, name).keys,
    pacerOf: (name) => of(hsms, name).pacer,
    sharesDomain: (a, b) => config.sharedDomains.some((names) => names.includes(a) && names.includes(b)),
    linkTo: (id) => `${config.origin ?? ''}/recoveries/${id}`,
    ids: randomIds,
  });
}

/**
 * The audit log is whole: looked at from end to end at its first use, once a day by each process, and by every full
 * check. Found wanting, it is looked at each time until it is whole again.
 */
function auditProof(
  store: BlobAuditStore,
  anchor: BlobAuditAnchor,
  { clock, prepare }: RecoveryParts,
): GateProof {
  let provenAt: number | undefined;
  return async (full) => {
    if (!full && provenAt !== undefined && clock.now() - provenAt < AUDIT_PROOF_MS) return undefined;
    provenAt = undefined;
    if (prepare !== undefined) await prepare();
    const { problems } = await verifyAudit(store, anchor);
    const [first] = problems;
    if (first !== undefined) {
      const place = first.part === undefined ? '' : ` (${first.part.day}, line ${first.line})`;
      return `the audit log is not whole: ${first.problem}${place}`;
    }
    provenAt = clock.now();
    return undefined;
  };
}

function of<T>(hsms: ReadonlyMap<string, T>, name: string): T {
  const found = hsms.get(name);
  if (found !== undefined) return found;
  throw new WardenError('hsm-unknown', {
    message: `There is no HSM ${name} in the settings.`,
    advice: 'WARDEN_HSMS names the HSMs.',
    hsm: name,
  });
}
