/** A model of the watch: moves on an HSM, and the truth that is kept of them beside what the watch says. */
import { fc } from '@fast-check/vitest';
import { isWardenError } from '../../src/core/errors.ts';
import type { KeySignal } from '../../src/features/watch/model/signals.ts';
import type { KnownKey } from '../../src/features/watch/model/watch-state.ts';
import type { MemoryKey } from './memory/memory-hsm.ts';
import { DAY_MS, WatchWorld } from './watch-world.ts';

/** Names of the keys there are; one is a member of every object. */
export const NAMES = ['orders', 'secret', 'constructor'] as const;
const RETENTION_DAYS = 20;

type Deed = 'create' | 'delete' | 'recover' | 'purge' | 'backUp';
type Move =
  | { readonly kind: Deed; readonly key: string }
  /** One thing after the other to one name, with no scan in between. */
  | { readonly kind: 'history'; readonly key: string; readonly deeds: readonly Deed[] }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'look' | 'throttle' | 'garbage' | 'topicDown' }
  /** The scan dies when it writes (`state`) or publishes (`topic`) for the n-th time. */
  | { readonly kind: 'die'; readonly at: 'state' | 'topic'; readonly after: number };

/** A name that changes hands, and what looks like it. What cannot be done is left out: each works from either state. */
const HISTORIES: readonly (readonly Deed[])[] = [
  ['delete', 'purge', 'create'],
  ['delete', 'purge', 'create', 'backUp'],
  ['delete', 'purge', 'create', 'delete'],
  ['delete', 'purge', 'create', 'backUp', 'delete'],
  ['delete', 'purge', 'create', 'delete', 'purge', 'create'],
  ['recover', 'delete'],
  ['recover', 'create', 'delete'],
  ['recover', 'create', 'backUp', 'delete'],
];

const aKey = fc.constantFrom(...NAMES);
/** Any move. */
export const aMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('create', 'delete', 'recover', 'purge', 'backUp'),
      key: aKey,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('history'),
      key: aKey,
      deeds: fc.constantFrom(...HISTORIES),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1_000, max: 6 * DAY_MS }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('look', 'throttle', 'garbage', 'topicDown') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('die'),
      at: fc.constantFrom('state', 'topic'),
      after: fc.nat({ max: 2 }),
    }),
  },
);

/** Which key the watch took for which, seen from its memory. */
class Successions {
  /** Changes of the memory from one key to another or to none: each has a purge to report. By name. */
  readonly seen = new Map<string, number>();
  /** Changes that a recovered and rotated key has in common with another key. */
  readonly alike = new Map<string, number>();
  readonly #keys = new Map<number, MemoryKey>();
  #before: Readonly<Record<string, KnownKey>> = {};

  /** A key as made or rotated: no two have a version of the same second. */
  note(key: MemoryKey): void {
    const newest = key.versions.at(-1);
    if (newest !== undefined) this.#keys.set(newest.attributes.createdAt, key);
  }

  compare(now: Readonly<Record<string, KnownKey>>): void {
    for (const [name, before] of Object.entries(this.#before)) this.#compareOne(name, before, now[name]);
    this.#before = now;
  }

  #compareOne(name: string, before: KnownKey, now: KnownKey | undefined): void {
    const isAnother = now === undefined || this.#keys.get(before.createdAt) !== this.#keys.get(now.createdAt);
    const bothDeleted = before.state === 'deleted' && now?.state === 'deleted';
    if (isAnother) {
      // A rotated key that is deleted looks as a new one does: without the log nobody can say.
      if (before.state === 'active' && now?.state === 'deleted') return;
      count(this.seen, name);
    } else if (bothDeleted && before.createdAt !== now.createdAt) count(this.alike, name);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Plays moves and keeps the truth beside what the watch says. */
export class Play {
  readonly world = new WatchWorld({ retentionDays: RETENTION_DAYS, purgeProtection: false });
  /** True purges by name, and purges by the end of the retention that no record reports. */
  readonly purges = new Map<string, number>();
  /** Thresholds that a scan saw crossed. */
  readonly crossed = new Set<string>();
  readonly deletions = new Set<string>();
  readonly successions = new Successions();
  readonly #hasLog: boolean;
  signals: { deletes: KeySignal[]; purges: KeySignal[] } = { deletes: [], purges: [] };

  /** `hasLog`: whether the audit log reaches the watch. */
  constructor(hasLog: boolean) {
    this.#hasLog = hasLog;
  }

  async play(move: Move): Promise<void> {
    // The service counts seconds; two requests about one key never share one.
    await this.wait(1_000);
    const { hsm } = this.world;
    switch (move.kind) {
      case 'create':
      case 'delete':
      case 'recover':
      case 'purge':
      case 'backUp':
        await this.do(move.kind, move.key);
        return;
      case 'history':
        for (const deed of move.deeds) {
          await this.do(deed, move.key);
          await this.wait(1_000);
        }
        return;
      case 'wait':
        // The watch looks every quarter of an hour; its rhythm is what makes an expiry attributable.
        await this.scan();
        await this.wait(move.ms);
        await this.scan();
        return;
      case 'look':
        await this.scan();
        return;
      case 'throttle':
        hsm.faults.fail('listDeletedKeys', this.world.fault('hsm-throttled'), { times: 2 });
        await this.scan();
        return;
      case 'garbage':
        hsm.faults.fail('getDeletedKey', this.world.fault('hsm-answer-unexpected'), { times: 4 });
        await this.scan();
        return;
      case 'topicDown':
        this.world.topic.faults.fail('accept', this.world.fault('topic-unavailable'), { times: 2 });
        await this.scan();
        return;
      case 'die':
        if (move.at === 'state') {
          this.world.state.faults.fail('write', new Error('killed'), {
            subject: 'watch/contoso',
            after: move.after,
          });
        } else {
          this.world.topic.faults.fail('accept', new Error('killed'), { after: move.after });
        }
        await this.scan();
        return;
    }
  }

  /** What can be done to a key is done to it. */
  private async do(deed: Deed, name: string): Promise<void> {
    const { world } = this;
    const { hsm } = world;
    switch (deed) {
      case 'create':
        if (!hsm.deleted.has(name)) this.successions.note(hsm.createKey(name));
        return;
      case 'delete':
        if (!hsm.active.has(name)) return;
        hsm.deleteKey(name);
        if (this.#hasLog) this.signals.deletes.push({ key: name, at: world.clock.now(), caller: {} });
        return;
      case 'recover':
        if (hsm.deleted.has(name)) await world.deps.keys.recoverKey(name);
        return;
      case 'purge':
        if (!hsm.deleted.has(name)) return;
        hsm.purgeKey(name);
        this.countPurge(name);
        if (this.#hasLog) this.signals.purges.push({ key: name, at: world.clock.now(), caller: {} });
        return;
      case 'backUp':
        if (hsm.active.has(name)) await world.backUp(name);
        return;
    }
  }

  /** A scan with what the audit log reported since the last one that ended; one that died is given its records again. */
  async scan(): Promise<void> {
    const { signals } = this;
    this.world.logger.lines.splice(0);
    try {
      const result = await this.world.scan(signals);
      if (!result.ok) return;
      this.signals = { deletes: [], purges: [] };
      this.noteCrossed();
    } catch (error) {
      // What the audit log reported is given again: by whoever repeats a scan that died, or that the HSM kept from judging it.
      if (isWardenError(error) && error.code.startsWith('hsm-')) return;
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
      this.world.restart();
    } finally {
      this.successions.compare((await this.world.memory()).keys);
    }
  }

  async wait(ms: number): Promise<void> {
    await this.world.clock.advance(ms);
    const before = [...this.world.hsm.deleted.keys()];
    this.world.hsm.expire();
    for (const name of before) if (!this.world.hsm.deleted.has(name)) this.countPurge(name);
  }

  private countPurge(name: string): void {
    count(this.purges, name);
  }

  private noteCrossed(): void {
    const { hsm, clock, policy } = this.world;
    const unread = new Set(this.world.logger.lines.map(({ fields }) => fields.key));
    for (const [name, key] of hsm.deleted) {
      // Nothing is said of a key that may be another and cannot be read.
      if (unread.has(name)) continue;
      this.deletions.add(`${name} ${key.deletedAt}`);
      const left = hsm.scheduledPurgeAt(key) - clock.now();
      for (const threshold of policy.thresholdsMs) {
        if (threshold < RETENTION_DAYS * DAY_MS && left <= threshold) {
          this.crossed.add(`${name} ${key.deletedAt} ${threshold / 1000}`);
        }
      }
    }
  }
}

/** Plays `moves` from the first scan to two that nothing is in the way of. */
export async function playAll(moves: readonly Move[], hasLog: boolean): Promise<Play> {
  const play = new Play(hasLog);
  await play.scan();
  for (const move of moves) await play.play(move);
  // Planted faults that were not met are used up, two or more a scan; then two scans with nothing in their way.
  const rounds = 8 + 2 * moves.filter(({ kind }) => kind === 'garbage').length;
  for (let round = 1; round <= rounds; round += 1) {
    // What a process that died has left is published once it is old.
    await play.wait(10_000);
    await play.scan();
  }
  return play;
}
