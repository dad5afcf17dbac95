/** The command line's one place of composition: the adapters the apps use, with a person's credential. */

import { AUDIT_CONTAINER } from '../../adapters/audit/audit-names.ts';
import { BlobAuditAnchor } from '../../adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../adapters/audit/blob-audit-store.ts';
import { BlobBackupStore } from '../../adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../adapters/blob/blob-document-store.ts';
import { BlobLeases } from '../../adapters/blob/blob-leases.ts';
import { createBlobService } from '../../adapters/blob/clients.ts';
import type { StorageAccess } from '../../adapters/http/storage-access.ts';
import { KeyAdministration } from '../../adapters/keyvault/key-administration.ts';
import { KeyVaultKeyService } from '../../adapters/keyvault/key-vault-key-service.ts';
import { AimdPacer } from '../../adapters/pacing/aimd-pacer.ts';
import { createQueueService } from '../../adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../adapters/queue/storage-work-queue.ts';
import { createJsonLogger } from '../../adapters/system/json-logger.ts';
import type { Clock, KeyService, Logger, Pacer, WorkQueue } from '../../core/ports.ts';
import type { Config } from '../../platform/config/config.ts';
import { isLoopback } from '../../platform/config/settings.ts';
import type { CliContext } from '../frame/context.ts';
import type { HsmAddress } from './address.ts';
import type { Connection } from './connection.ts';

/** The warden's storage, seen by a person. */
export interface Store {
  readonly backups: BlobBackupStore;
  readonly state: BlobDocumentStore;
  readonly leases: BlobLeases;
  readonly queue: WorkQueue;
  readonly auditStore: BlobAuditStore;
  readonly anchor: BlobAuditAnchor;
  readonly access: StorageAccess;
}

/** Opens the storage the settings name. Nothing is contacted before it is used. */
export function openStore(connection: Connection, config: Config, context: CliContext): Store {
  const { clock } = context;
  const [backup, state] = [backupAccess(connection, config), stateAccess(connection, config)];
  const stateContainer = createBlobService(state).getContainerClient(config.stateContainer);
  const immutable = createBlobService(backup);
  const audit = immutable.getContainerClient(config.recovery?.auditContainer ?? AUDIT_CONTAINER);
  return {
    backups: new BlobBackupStore({
      container: immutable.getContainerClient(config.backupContainer),
      clock,
      logger: cliLogger(context),
    }),
    state: new BlobDocumentStore({ container: stateContainer, clock }),
    leases: new BlobLeases({ container: stateContainer, clock }),
    queue: new StorageWorkQueue({ service: createQueueService(state), clock }),
    auditStore: new BlobAuditStore({ container: audit, clock }),
    anchor: new BlobAuditAnchor({ container: stateContainer, clock }),
    access: backup,
  };
}

/** The way to the storage account of the backups. */
export function backupAccess(connection: Connection, { storage }: Config): StorageAccess {
  return accessOf(connection, storage, storage.kind === 'identity' ? storage.backupUrl : '');
}

/** The way to the storage account of the state. */
export function stateAccess(connection: Connection, { storage }: Config): StorageAccess {
  return accessOf(connection, storage, storage.kind === 'identity' ? storage.stateUrl : '');
}

function accessOf(
  { credential, caPem }: Connection,
  storage: Config['storage'],
  blobUrl: string,
): StorageAccess {
  const ca = caPem === undefined ? {} : { caPem };
  if (storage.kind === 'connection') {
    return { kind: 'connection-string', connectionString: storage.connectionString, ...ca };
  }
  return { kind: 'identity', blobUrl, queueUrl: storage.queueUrl, credential, ...ca };
}

/** The product's own key service on an HSM, with the person's credential. */
export function keyServiceOn(connection: Connection, address: HsmAddress, clock: Clock): KeyService {
  return new KeyVaultKeyService(hsmOptions(connection, address, clock));
}

/** What an operator may do beyond it. */
export function administrationOn(
  connection: Connection,
  address: HsmAddress,
  { clock, signal }: Pick<CliContext, 'clock' | 'signal'>,
): KeyAdministration {
  return new KeyAdministration({ ...hsmOptions(connection, address, clock), signal });
}

function hsmOptions({ credential, caPem }: Connection, { hsm, url }: HsmAddress, clock: Clock) {
  const options = { hsm, url, credential, clock, disableChallengeResourceVerification: isLoopback(url) };
  return caPem === undefined ? options : { ...options, caPem };
}

/** The pace towards one HSM, requests a second. */
export function pacerFor(ratePerSecond: number, clock: Clock): Pacer {
  return new AimdPacer({ ratePerSecond, clock });
}

/** Troubles go to standard error as they come; everything does when HSM_WARDEN_LOG is `info`. */
export function cliLogger({ stderr, clock, environment }: CliContext): Logger {
  const all = environment.HSM_WARDEN_LOG === 'info';
  return createJsonLogger(
    { write: (line, level) => (all || level !== 'info' ? stderr.write(line) : undefined) },
    clock,
  );
}
