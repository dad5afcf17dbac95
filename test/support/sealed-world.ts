/** The world of a sweep where seals are configured, and somebody who can write the container of the backups and nothing else. */
import type { BackupRecord } from '../../src/core/model/backup-record.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { rebuild } from '../../src/features/backup/rebuild.ts';
import type { SweepDeps } from '../../src/features/backup/sweep-context.ts';
import { FindingNotes } from '../../src/features/notes/finding-notes.ts';
import { BelievingDocuments } from '../../src/features/recovery-points/believing-documents.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { PointSeals } from '../../src/features/recovery-points/point-seals.ts';
import { ProvenBackups } from '../../src/features/recovery-points/proven-backups.ts';
import { MemoryKeyService } from './memory/memory-key-service.ts';
import { MemoryOnceStore } from './memory/memory-once-store.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { HOUR_MS, SweepWorld } from './sweep-world.ts';

/** What seals name the HSMs of the settings by. The world is that of the first. */
const RESOURCES: ReadonlyMap<string, string> = new Map([
  ['contoso', 'https://contoso.managedhsm.azure.net'],
  ['fabrikam', 'https://fabrikam.managedhsm.azure.net'],
]);

/** A {@link SweepWorld} with a sealing key. */
export class SealedWorld extends SweepWorld {
  readonly sealer = new MemorySealer(this.clock);
  /** SHA-256 of everything that the HSM gave out. */
  readonly given = new Set<string>();
  /** What is written once, in the container of the backups. */
  readonly once = new MemoryOnceStore();
  points = this.#restarted();
  notes = this.#reading();

  /** A world whose HSM holds `keys`. */
  static of(...keys: readonly string[]): SealedWorld {
    const world = new SealedWorld();
    for (const key of keys) world.hsm.createKey(key);
    return world;
  }

  /** One whose keys a run has backed up. */
  static async swept(...keys: readonly string[]): Promise<SealedWorld> {
    const world = SealedWorld.of(...keys);
    await world.clock.advance(HOUR_MS);
    await world.sweep();
    return world;
  }

  get proven(): ProvenBackups {
    return new ProvenBackups(this.backups, this.points, this.logger);
  }

  get believed(): BelievingDocuments {
    return new BelievingDocuments(this.state, this.points, this.notes);
  }

  override get deps(): SweepDeps {
    const { points, proven, believed } = this;
    const keys = new MemoryKeyService(this.hsm);
    const backupKey = async (...asked: Parameters<MemoryKeyService['backupKey']>) => {
      const bytes = await MemoryKeyService.prototype.backupKey.apply(keys, asked);
      this.given.add(sha256Hex(bytes));
      return bytes;
    };
    return {
      ...super.deps,
      keys: Object.assign(keys, { backupKey }),
      points,
      backups: proven,
      state: believed,
    };
  }

  /** The process ends, and another begins. */
  restart(): void {
    this.points = this.#restarted();
    this.notes = this.#reading();
  }

  /** What the catalogue knows of a key. */
  async entry(key: string) {
    return (await readCatalogue(this.believed, 'contoso')).keys[key];
  }

  /** Every stored backup of a key, oldest first, whatever its seal. */
  stored(key: string): Promise<StoredBackup[]> {
    return listed(this.backups, key);
  }

  /** The recovery points of a key, oldest first. */
  recoveryPoints(key: string): Promise<StoredBackup[]> {
    return listed(this.proven, key);
  }

  rebuild() {
    return rebuild({ backups: this.proven, state: this.believed, logger: this.logger }, 'contoso');
  }

  /** Writes a blob as somebody with the right to write the container does: with any bytes and any facts. */
  plant(bytes: Uint8Array, record: BackupRecord): Promise<StoredBackup> {
    return this.backups.put({ ...record, sha256: sha256Hex(bytes), bytes: bytes.length }, bytes);
  }

  #reading(): FindingNotes {
    return new FindingNotes({ once: this.once, seals: this.points.dated, clock: this.clock });
  }

  #restarted(): PointSeals {
    const { clock, sealer } = this;
    return new PointSeals({
      seals: { sealer, pinned: async () => sealer.pinned },
      resourceOf: (hsm) => RESOURCES.get(hsm),
      clock,
    });
  }
}

async function listed(store: Pick<ProvenBackups, 'list'>, key: string): Promise<StoredBackup[]> {
  const found: StoredBackup[] = [];
  for await (const page of store.list('contoso', key)) found.push(...page);
  return found;
}
