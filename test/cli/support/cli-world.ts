/** Emulated HSMs and a storage account on this machine, described in a world file as `npm start` writes it. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyClient } from '@azure/keyvault-keys';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import type { StorageAccess } from '../../../src/adapters/http/storage-access.ts';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { ADMINISTRATOR_ID } from '../../../src/emulator/options.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { openAuthority } from '../../../src/emulator/tls/authority-folder.ts';
import { createLeaf } from '../../../src/emulator/tls/certificates.ts';
import { type Azurite, startAzurite } from '../../../src/local/azurite.ts';
import { writeWorldFile } from '../../../src/local/world/world-file.ts';
import { keyClientOn } from '../../support/emulator-world.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { type Ran, run, type Surroundings } from './cli.ts';

type EmulatorOptions = NonNullable<Parameters<typeof startEmulator>[0]>;

/** A world to run commands in. */
export class CliWorld {
  readonly folder: string;
  readonly emulators: readonly Emulator[];
  readonly backups: BlobBackupStore;
  readonly state: BlobDocumentStore;
  readonly auditStore: BlobAuditStore;
  readonly #azurite: Azurite;
  readonly #token: string;

  private constructor(
    folder: string,
    emulators: readonly Emulator[],
    azurite: Azurite,
    storageToken: string,
  ) {
    this.folder = folder;
    this.emulators = emulators;
    this.#azurite = azurite;
    this.#token = storageToken;
    const service = this.#service(storageToken);
    const clock = systemClock;
    this.backups = new BlobBackupStore({
      container: service.getContainerClient('key-backups'),
      clock,
      logger: new RecordingLogger(),
    });
    this.state = new BlobDocumentStore({ container: service.getContainerClient('warden-state'), clock });
    this.auditStore = new BlobAuditStore({ container: service.getContainerClient('warden-audit'), clock });
  }

  /** Starts HSMs of one security domain. `names`: what each is called in the settings, where that is not its own name. */
  static async start(
    options: readonly EmulatorOptions[],
    names: (emulators: readonly Emulator[]) => readonly { name: string; url: string }[] = (all) => all,
  ): Promise<CliWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'warden-cli-'));
    const authority = await openAuthority(join(folder, 'ca'), Date.now());
    const leaf = await createLeaf(authority, 'storage', Date.now());
    const azurite = await startAzurite({
      folder: join(folder, 'azurite'),
      blobPort: 0,
      queuePort: 0,
      tls: { certificate: leaf.certificate, key: leaf.key },
    });
    const common = {
      caDir: join(folder, 'ca'),
      securityDomain: 'one',
      retentionDays: 7,
      limits: 'off',
    } as const;
    const emulators = await Promise.all(options.map((one) => startEmulator({ ...common, ...one })));
    const [first] = emulators;
    if (first === undefined) throw new Error('expected an HSM');
    const { blobUrl, queueUrl } = azurite;
    const storageToken = await first.issueToken({ objectId: 'test', audience: 'https://storage.azure.com' });
    await writeWorldFile(folder, {
      hsms: names(emulators).map(({ name, url }) => ({ name, url })),
      caFile: first.caFile,
      blobUrl,
      queueUrl,
      // Good for as long as a test moves the clock ahead.
      token: await first.issueToken({ objectId: ADMINISTRATOR_ID, lifetimeSeconds: 400 * 86_400 }),
      storageToken,
    });
    const world = new CliWorld(folder, emulators, azurite, storageToken);
    for (const container of ['key-backups', 'warden-state', 'warden-audit'])
      await world.#service(storageToken).getContainerClient(container).createIfNotExists();
    return world;
  }

  /** An emulator by its place. */
  hsm(place = 0): Emulator {
    const found = this.emulators[place];
    if (found === undefined) throw new Error(`expected an HSM at ${place}`);
    return found;
  }

  /** The SDK's own client of an HSM. */
  client(place = 0): KeyClient {
    return keyClientOn(this.hsm(place));
  }

  /** Runs a command line with `--emulator` in this world. */
  run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
    return run([...args, '--emulator'], {
      ...surroundings,
      environment: { HSM_WARDEN_WORLD: join(this.folder, 'local.json'), ...surroundings.environment },
    });
  }

  /** The environment of a world file that says the same but for `change`. */
  async with(change: Readonly<Record<string, unknown>>): Promise<{ readonly HSM_WARDEN_WORLD: string }> {
    const text = await readFile(join(this.folder, 'local.json'), 'utf8');
    const changed = JSON.stringify({ ...JSON.parse(text), ...change });
    return { HSM_WARDEN_WORLD: await this.file(`world-${randomUUID()}.json`, changed) };
  }

  /** The environment of somebody whom the HSMs know, but who has no right there. */
  async asStranger(): Promise<{ readonly HSM_WARDEN_WORLD: string }> {
    const token = await this.hsm().issueToken({ objectId: randomUUID() });
    return this.with({ tokenFile: await this.file('stranger.token', token) });
  }

  /** A file of the world's folder with this text. */
  async file(name: string, text: string | Uint8Array): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  async close(): Promise<void> {
    await Promise.all([this.#azurite.close(), ...this.emulators.map((emulator) => emulator.close())]);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Makes a queue, as a deployment does. */
  async makeQueue(name: string): Promise<void> {
    await createQueueService(this.#access(this.#token)).getQueueClient(name).createIfNotExists();
  }

  #service(token: string) {
    return createBlobService(this.#access(token));
  }

  #access(token: string): StorageAccess {
    const { blobUrl, queueUrl } = this.#azurite;
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    return { kind: 'identity', blobUrl, queueUrl, credential, caPem: this.hsm().caPem };
  }
}
