/**
 * Somebody who can write the container of the backups and nothing else: plants, overwrites, renames, replays and changes facts,
 * between runs, rotations and rebuilds. Whatever they do, a recovery point is what the HSM gave out and the product sealed.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BackupRecord } from '../../src/core/model/backup-record.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import { damageOf } from '../../src/features/verify/check-backup.ts';
import { MemoryHsm } from '../support/memory/memory-hsm.ts';
import { MemoryKeyService } from '../support/memory/memory-key-service.ts';
import { SealedWorld } from '../support/sealed-world.ts';
import { HOUR_MS } from '../support/sweep-world.ts';

const KEYS = ['alpha', 'beta', 'Gamma'] as const;
/** More for whoever asks: WARDEN_HISTORIES. */
const HISTORIES = Number(process.env.WARDEN_HISTORIES ?? 400);

const pick = fc.nat(50);
const anyKey = fc.constantFrom(...KEYS, 'ALPHA', 'delta');
const change = fc.record(
  {
    key: anyKey,
    shift: fc.integer({ min: -3, max: 400 }),
    versionsOf: pick,
    sealOf: pick,
    bytesOf: pick,
    runOf: pick,
    unsealed: fc.constant(true),
    foreign: fc.constant(true),
  },
  { requiredKeys: [] },
);
type Of<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type Change = Of<typeof change>;

const step = fc.oneof(
  fc.record({ kind: fc.constant('plant' as const), base: pick, change }),
  fc.record({ kind: fc.constant('overwrite' as const), base: pick, change }),
  fc.record({ kind: fc.constant('sweep' as const) }),
  fc.record({ kind: fc.constant('rotate' as const), key: fc.constantFrom(...KEYS) }),
  fc.record({ kind: fc.constant('rebuild' as const) }),
  fc.record({ kind: fc.constant('lose-catalogue' as const) }),
);
type Step = Of<typeof step>;

/** One history. */
class History {
  readonly world = SealedWorld.of(...KEYS);
  /** Of another HSM of the security domain, sealed by nobody here. */
  #foreign: Uint8Array = new Uint8Array();
  #nights = 0;

  async begin(): Promise<void> {
    const other = new MemoryHsm({ clock: this.world.clock, name: 'fabrikam' });
    other.createKey('alpha');
    this.#foreign = await new MemoryKeyService(other).backupKey('alpha');
    await this.sweep();
  }

  async sweep(): Promise<void> {
    this.#nights += 1;
    await this.world.clock.advance(24 * HOUR_MS);
    await this.world.sweep({}, { ...this.world.message, runId: `night-${this.#nights}` });
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'plant':
      case 'overwrite':
        return this.#forge(one.kind, one.base, one.change);
      case 'sweep':
        return this.sweep();
      case 'rotate':
        return void this.world.hsm.createKey(one.key);
      case 'rebuild':
        return void (await this.world.rebuild());
      case 'lose-catalogue':
        return void this.world.state.documents.delete('catalogue/contoso');
    }
  }

  /** Everything that is stored, whoever wrote it. */
  async stored(): Promise<StoredBackup[]> {
    const found: StoredBackup[] = [];
    for await (const page of this.world.backups.list('contoso')) found.push(...page);
    return found;
  }

  async #forge(kind: 'plant' | 'overwrite', base: number, given: Change): Promise<void> {
    const all = await this.stored();
    const at = (index: number | undefined): StoredBackup | undefined =>
      index === undefined ? undefined : all[index % all.length];
    const own = at(base);
    if (own === undefined) return;
    const source = at(given.bytesOf) ?? own;
    const bytes = given.foreign === true ? this.#foreign : await this.world.backups.read(source.blob);
    const { seal: own_, ...facts } = own.record;
    const seal = given.unsealed === true ? undefined : (at(given.sealOf)?.record.seal ?? own_);
    const record: BackupRecord = {
      ...facts,
      ...(given.key === undefined ? {} : { key: given.key }),
      versions: at(given.versionsOf)?.record.versions ?? facts.versions,
      runId: at(given.runOf)?.record.runId ?? facts.runId,
      capturedAt: facts.capturedAt + (given.shift ?? 0) * HOUR_MS,
      ...(seal === undefined ? {} : { seal }),
    };
    if (kind === 'overwrite') this.world.backups.overwrite(own.blob, bytes, record);
    // A name that is taken is refused, as by the policy of the container.
    else await this.world.plant(bytes, record).catch(() => undefined);
  }
}

/** What must hold whatever was done. */
async function requireSound({ world }: History): Promise<void> {
  const sealed = new Set(world.sealer.asked.map(({ facts }) => JSON.stringify(facts.facts)));
  for (const { purpose, facts } of world.sealer.asked) {
    // Of a run it says when it ended, and nothing of any bytes.
    if (purpose === 'run') continue;
    const { sha256 } = JSON.parse(JSON.stringify(facts.facts));
    expect(world.given.has(sha256), 'nothing but what the HSM gave out is sealed').toBe(true);
  }
  for (const key of [...KEYS, 'ALPHA', 'delta']) {
    for (const point of await world.recoveryPoints(key)) {
      const { seal: _seal, hsm: _hsm, ...facts } = point.record;
      expect(sealed.has(JSON.stringify(facts)), 'a recovery point is what was sealed').toBe(true);
      const damage = await damageOf(world.proven, point, new AbortController().signal);
      const bytes = await world.backups.read(point.blob);
      const restores = world.given.has(point.record.sha256);
      expect(restores, 'a recovery point has bytes of the HSM').toBe(true);
      if (damage === undefined) expect(bytes.length).toBe(point.record.bytes);
    }
    const entry = await world.entry(key);
    if (entry === undefined) continue;
    const real = world.hsm.active.get(key);
    const versions = new Map(real?.versions.map(({ version, thumbprint }) => [version, thumbprint]));
    for (const { version, thumbprint } of entry.record.versions) {
      expect(versions.get(version), 'the catalogue knows the versions of the very key').toBe(thumbprint);
    }
  }
}

it(`whoever writes the backups makes nothing a recovery point (${HISTORIES} histories)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const history = new History();
      await history.begin();
      for (const one of steps) {
        await history.take(one);
        await requireSound(history);
      }
      // Honest work goes on: after the next run every key has a recovery point of its newest version.
      await history.sweep();
      await requireSound(history);
      for (const key of KEYS) {
        const newest = history.world.hsm.active.get(key)?.versions.at(-1)?.version;
        const entry = await history.world.entry(key);
        expect(entry?.record.versions.at(-1)?.version, `${key} is covered by its newest version`).toBe(
          newest,
        );
      }
    }),
    { seed: 14, numRuns: HISTORIES },
  );
}, 1_800_000);
