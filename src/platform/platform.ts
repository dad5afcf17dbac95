/** Makes every adapter from the configuration, once: for all apps, the command line and the local world. */

import type { TokenCredential } from '@azure/core-auth';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobAppendCheck } from '../adapters/audit/blob-append-check.ts';
import { BlobAuditAnchor } from '../adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../adapters/audit/blob-audit-store.ts';
import { BlobOnceStore } from '../adapters/audit/blob-once-store.ts';
import { BlobBackupStore } from '../adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../adapters/blob/blob-document-store.ts';
import { BlobLeases } from '../adapters/blob/blob-leases.ts';
import { createBlobService, ensureContainer } from '../adapters/blob/clients.ts';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { readCaFile } from '../adapters/http/tls.ts';
import {
  managedIdentity,
  surroundingIdentity,
  TokenFileCredential,
} from '../adapters/identity/credential.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { StorageWorkQueue } from '../adapters/queue/storage-work-queue.ts';
import { randomIds } from '../adapters/system/random-ids.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { HsmRegistry } from '../core/app-ports.ts';
import type { EventBus } from '../core/events/bus.ts';
import type { OnceStore } from '../core/once-store.ts';
import type {
  BackupPins,
  BackupStore,
  Clock,
  DeadLetters,
  Leases,
  Logger,
  QueueLook,
  WorkQueue,
} from '../core/ports.ts';
import type { Seals } from '../core/seal/seals.ts';
import type { AuditAnchor, AuditStore } from '../features/audit/audit-log.ts';
import type { DecisionSeals } from '../features/audit/line-seals.ts';
import { DecisionReader } from '../features/fleet/decision-reader.ts';
import { FindingNotes } from '../features/notes/finding-notes.ts';
import type { Channel } from '../features/notify/model/ports.ts';
import { AdoptedBackups } from '../features/recovery-points/adoptions.ts';
import { BelievingDocuments } from '../features/recovery-points/believing-documents.ts';
import type { CatalogueStore } from '../features/recovery-points/catalogue.ts';
import { PointSeals } from '../features/recovery-points/point-seals.ts';
import { ProvenBackups } from '../features/recovery-points/proven-backups.ts';
import { composeBus, SEVERITY_OF } from './compose-bus.ts';
import { channelsOf, drillQueueOf, notifyQueue } from './compose-notify.ts';
import type { Config, CredentialConfig } from './config/config.ts';
import { deadLettersOf } from './dead-letters.ts';
import { openHsm, registryOf } from './open-hsm.ts';
import { decisionsOf, resourcesIn, sealsOf } from './open-seals.ts';
import { processLogger } from './process-log.ts';

/** What may differ from what the configuration says: a person's own credential, a clock that was moved. */
export interface PlatformOptions {
  readonly config: Config;
  /** Of the process, where it has one already. */
  readonly decided?: DecisionReader;
  readonly credential?: TokenCredential;
  readonly caPem?: string | undefined;
  readonly clock?: Clock;
}

/** The adapters. Nothing is contacted before the first call. */
export interface Platform {
  readonly config: Config;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  /** PEM of the certificate authority of local emulators. */
  readonly caPem: string | undefined;
  readonly hsms: HsmRegistry;
  readonly state: CatalogueStore;
  readonly leases: Leases;
  readonly queue: WorkQueue;
  readonly deadLetters: DeadLetters;
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  /** What people decided about HSMs. */
  readonly decided: DecisionReader;
  /** What is written once and for good, beside the audit log. */
  readonly once: OnceStore;
  /** Appends beside the audit log and reads it back. Fails with the storage codes. */
  checkAppend(): Promise<void>;
  /** The way to the account of the backups, and to that of the state. */
  readonly access: { readonly backup: StorageAccess; readonly state: StorageAccess };
  /** Where events go. */
  readonly bus: EventBus;
  /** Seals, where the settings pin public keys. */
  readonly seals: Seals | undefined;
  /** Of decisions, where the settings pin a key of the recovery app. */
  readonly decisions: DecisionSeals | undefined;
  /** Of recovery points. */
  readonly points: PointSeals | undefined;
  /** The queue of the app that notifies people; undefined where the settings name no channel. */
  readonly notifications: (WorkQueue & QueueLook) | undefined;
  /** The queue of the drill app. */
  readonly drillQueue: WorkQueue;
  /** Where people are reached, by name. Only the app that sends asks for it: it alone has the secrets. */
  channels(): ReadonlyMap<string, Channel>;
  readonly severityOf: typeof SEVERITY_OF;
  /** The backups; where seals are configured, those with a good one. */
  backups(logger: Logger): BackupStore & BackupPins;
  /** Gives this process's part of the pace on each HSM back: the app ends. It does not fail. */
  releasePace(): Promise<void>;
  /** Makes what a deployment makes in Azure and nobody makes for a storage emulator. */
  prepare(): Promise<void>;
}

/** Makes the adapters. Fails with `settings-invalid` when a file that the settings name cannot be read. */
export function openPlatform(options: PlatformOptions): Platform {
  const { config, clock = systemClock } = options;
  const credential = options.credential ?? credentialOf(config.credential);
  const caPem = options.caPem ?? (config.caFile === undefined ? undefined : readCaFile(config.caFile));
  const access = accessOf(config, credential, caPem);
  const emulated = config.storage.kind === 'connection';
  const container = createBlobService(access.state).getContainerClient(config.stateContainer);
  const documents = new BlobDocumentStore({ container, clock });
  const sharing = {
    store: documents,
    clock,
    worker: randomIds.next(),
    nextId: randomIds.next,
    logger: processLogger(clock),
  };
  const hsms = config.hsms.map((hsm) => openHsm(hsm, sharing, { credential, caPem, clock }));
  // The audit log lies with the backups: in the account that is immutable, and where the apps' removal leaves it.
  const immutable = createBlobService(access.backup);
  const audit = immutable.getContainerClient(config.auditContainer);
  const backups = immutable.getContainerClient(config.backupContainer);
  const seals = sealsOf(config, credential, caPem, clock);
  const points =
    seals === undefined
      ? undefined
      : new PointSeals({
          seals,
          resourceOf: resourcesIn(config),
          clock,
          adopted: new AdoptedBackups({
            store: documents,
            clock,
            hsmNames: config.hsms.map(({ name }) => name),
          }),
        });
  const decisions = decisionsOf(config, seals);
  const auditStore = new BlobAuditStore({ container: audit, clock });
  const anchor = new BlobAuditAnchor({ container, clock });
  const { hosts } = config.fleet;
  const drills = config.drill.hsms.map(({ url }) => url);
  const notifications = notifyQueue(config, access.state, clock);
  return {
    config,
    clock,
    credential,
    caPem,
    hsms: registryOf(hsms),
    state:
      points === undefined
        ? documents
        : new BelievingDocuments(documents, points, notesIn(backups, points, clock)),
    leases: new BlobLeases({ container, clock }),
    queue: new StorageWorkQueue({
      service: createQueueService(access.state),
      clock,
      createMissing: emulated,
    }),
    deadLetters: deadLettersOf(access.state, clock),
    auditStore,
    anchor,
    decided: options.decided ?? new DecisionReader({ auditStore, anchor, decisions, hosts, drills }),
    once: new BlobOnceStore({ container: audit, clock }),
    checkAppend: () => new BlobAppendCheck({ container: audit, clock }).run(),
    access,
    bus: composeBus(config, { identity: credential, clock, caPem, notifications }),
    notifications,
    drillQueue: drillQueueOf(config, access.state, clock),
    channels: channelsOf(config, { credential, clock, caPem }),
    severityOf: SEVERITY_OF,
    seals,
    decisions,
    points,
    backups: (logger) => {
      const store = new BlobBackupStore({ container: backups, clock, logger });
      return points === undefined ? store : new ProvenBackups(store, points, logger);
    },
    releasePace: async () => {
      await Promise.all(hsms.map(({ pacer }) => pacer.release()));
    },
    prepare: emulated
      ? once(() => ensureContainers([container, audit, backups], clock))
      : async () => undefined,
  };
}

/** What was found, kept beside the backups: the container that no app can rewrite. */
function notesIn(container: ContainerClient, { dated }: PointSeals, clock: Clock): FindingNotes {
  return new FindingNotes({ once: new BlobOnceStore({ container, clock }), seals: dated, clock });
}

function credentialOf(config: CredentialConfig): TokenCredential {
  if (config.kind === 'managed-identity') return managedIdentity(config.clientId);
  return config.kind === 'default' ? surroundingIdentity() : new TokenFileCredential(config.tokenFile);
}

async function ensureContainers(containers: readonly ContainerClient[], clock: Clock): Promise<void> {
  await Promise.all(containers.map((container) => ensureContainer(container, clock)));
}

/** The same promise for every caller; after a failure the next caller tries again. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}

/** The way to the account of the backups, and to that of the state. */
function accessOf(
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
