/** A whole local world for a scenario: emulated HSMs and Azurite over TLS in a folder of its own, and the app's own adapters on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../src/adapters/blob/clients.ts';
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { KeyVaultKeyService } from '../../src/adapters/keyvault/key-vault-key-service.ts';
import { KeyVaultSealer } from '../../src/adapters/keyvault/key-vault-sealer.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../src/adapters/queue/storage-work-queue.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import type { Queue } from '../../src/core/queue.ts';
import { PinnedKeys } from '../../src/core/seal/pinned-keys.ts';
import type { Emulator } from '../../src/emulator/start-emulator.ts';
import { hasEnded, type RunRecord, readRun } from '../../src/features/backup/run-record.ts';
import { PointSeals } from '../../src/features/recovery-points/point-seals.ts';
import { resourceOf } from '../../src/local/world/app-settings.ts';
import { startWorld, type World, type WorldOptions } from '../../src/local/world/start-world.ts';
import { tokenCredential } from './emulator-world.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

/** The world and the product's own view of it. */
export class LocalWorld {
  readonly world: World;
  readonly backups: BlobBackupStore;
  readonly state: BlobDocumentStore;
  readonly queue: StorageWorkQueue;
  private readonly access: StorageAccess;
  private readonly folder: string;
  private token: Promise<string> | undefined;

  private constructor(folder: string, world: World) {
    this.folder = folder;
    this.world = world;
    const { blobUrl, queueUrl } = world.azurite;
    const credential = {
      getToken: async () => ({
        token: await this.storageToken(),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    };
    this.access = { kind: 'identity', blobUrl, queueUrl, caPem: world.caPem, credential };
    const blobs = createBlobService(this.access);
    const [backups, state] = ['key-backups', 'warden-state'].map((name) => blobs.getContainerClient(name));
    if (backups === undefined || state === undefined) throw new Error('expected two containers');
    const clock = systemClock;
    this.backups = new BlobBackupStore({ container: backups, clock, logger: new RecordingLogger() });
    this.state = new BlobDocumentStore({ container: state, clock });
    this.queue = new StorageWorkQueue({
      service: createQueueService(this.access),
      clock,
      createMissing: true,
    });
  }

  /** Starts a world with `keys` active keys on two HSMs. */
  static async start(
    keys: number,
    options: Pick<WorldOptions, 'onEvent' | 'onMessage' | 'searches'> = {},
  ): Promise<LocalWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'warden-world-'));
    const local = new LocalWorld(folder, await startWorld({ folder, keys, usualPorts: false, ...options }));
    const blobs = createBlobService(local.access);
    for (const name of ['key-backups', 'warden-state', 'warden-audit'])
      await blobs.getContainerClient(name).createIfNotExists();
    return local;
  }

  /** The emulator of an HSM. */
  hsm(name: string): Emulator {
    const found = this.world.hsms.find((hsm) => hsm.name === name);
    if (found === undefined) throw new Error(`expected an HSM named ${name}`);
    return found;
  }

  /** The product's key service on an HSM, as the HSM's administrator. */
  keys(name: string): KeyVaultKeyService {
    const { url, token } = this.hsm(name);
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const options = { hsm: name, url, credential, clock: systemClock, caPem: this.world.caPem };
    return new KeyVaultKeyService({ ...options, disableChallengeResourceVerification: true });
  }

  /** The seals of the backup app, made with its key. */
  get points(): PointSeals {
    const { vault, seals, caPem } = this.world;
    const pins = PinnedKeys.parse(JSON.parse(seals.publicKeys));
    const pinned = async () => pins;
    const sealer = new KeyVaultSealer({
      keyUrl: seals.keyUrl.backup,
      credential: tokenCredential(vault.token),
      clock: systemClock,
      caPem,
      disableChallengeResourceVerification: true,
      pinned,
    });
    const resource = (name: string) => resourceOf({ name });
    return new PointSeals({ seals: { pinned, sealer }, resourceOf: resource, clock: systemClock });
  }

  /** A container of the storage account. */
  container(name: string): ContainerClient {
    return createBlobService(this.access).getContainerClient(name);
  }

  /** Makes a queue, as a deployment does. */
  async makeQueue(name: string): Promise<void> {
    await createQueueService(this.access).getQueueClient(name).createIfNotExists();
  }

  /** All backups of an HSM. */
  async storedBackups(hsm: string): Promise<StoredBackup[]> {
    const all: StoredBackup[] = [];
    for await (const page of this.backups.list(hsm)) all.push(...page);
    return all;
  }

  /** The record of a run, if it has begun. */
  async run(hsm: string, runId: string): Promise<RunRecord | undefined> {
    return readRun(this.state, hsm, runId);
  }

  /** Whether a run has ended. */
  async ended(hsm: string, runId: string): Promise<boolean> {
    const run = await this.run(hsm, runId);
    return run !== undefined && hasEnded(run);
  }

  /** Forgets the messages of a queue, also those that a dead process still hides. */
  async clearQueue({ name }: Pick<Queue, 'name'>): Promise<void> {
    const queue = createQueueService(this.access).getQueueClient(name);
    await queue.createIfNotExists();
    await queue.clearMessages();
  }

  /** Does what the passing of 60 seconds does to the lease of a worker that died. */
  async lapseLease(hsm: string): Promise<void> {
    await this.lapse(`hsm-${hsm}`);
  }

  /** The same with the lease of that name. */
  async lapse(name: string): Promise<void> {
    const container = createBlobService(this.access).getContainerClient('warden-state');
    await container
      .getBlobClient(`locks/${name}`)
      .getBlobLeaseClient()
      .breakLease(0)
      .catch(() => undefined);
  }

  /** How many messages a queue holds, hidden ones included; none when there is no such queue. */
  async messagesIn(name: string): Promise<number> {
    const queue = createQueueService(this.access).getQueueClient(name);
    if (!(await queue.exists())) return 0;
    return (await queue.getProperties()).approximateMessagesCount ?? 0;
  }

  /** Whether a worker holds the lease of an HSM. */
  async isLeased(hsm: string): Promise<boolean> {
    const blob = createBlobService(this.access)
      .getContainerClient('warden-state')
      .getBlobClient(`locks/hsm-${hsm}`);
    return (await blob.getProperties()).leaseState === 'leased';
  }

  /** Ends everything and forgets it. */
  async close(): Promise<void> {
    await this.world.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** One token for good: Azurite goes by real time, whatever the HSMs' clocks are moved to. */
  private storageToken(): Promise<string> {
    const [any] = this.world.hsms;
    if (any === undefined) throw new Error('expected an HSM');
    this.token ??= any.issueToken({ objectId: 'test', audience: 'https://storage.azure.com' });
    return this.token;
  }
}
