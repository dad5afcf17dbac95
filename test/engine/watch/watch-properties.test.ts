/** Whatever happens on the HSM, and wherever the watch dies: nothing is missed, nothing is told that did not happen. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isWardenError } from '../../../src/engine/errors.ts';
import { COVERAGES, SEVERITIES } from '../../../src/engine/events/finding.ts';
import type { KeySignal } from '../../../src/engine/watch/observation.ts';
import { severityOfDeleted } from '../../../src/engine/watch/severity.ts';
import { aWatchPolicy, DAY_MS, HOUR_MS, MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

const NAMES = ['orders', 'secret', 'constructor'] as const;
const RETENTION_DAYS = 20;

type Move =
  | { readonly kind: 'create' | 'delete' | 'recover' | 'purge' | 'backUp'; readonly key: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'look' | 'throttle' | 'garbage' | 'topicDown' }
  /** The look dies when it writes (`state`) or publishes (`topic`) for the n-th time. */
  | { readonly kind: 'die'; readonly at: 'state' | 'topic'; readonly after: number };

const aKey = fc.constantFrom(...NAMES);
const aMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('create', 'delete', 'recover', 'purge', 'backUp'),
      key: aKey,
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

/** Plays moves and keeps the truth beside what the watch says. */
class Play {
  readonly world = new WatchWorld({ retentionDays: RETENTION_DAYS, purgeProtection: false });
  /** True purges by name, and purges by the end of the retention that no record tells. */
  readonly purges = new Map<string, number>();
  /** Thresholds that a look saw crossed. */
  readonly crossed = new Set<string>();
  readonly deletions = new Set<string>();
  signals: { deletes: KeySignal[]; purges: KeySignal[] } = { deletes: [], purges: [] };

  async play(move: Move): Promise<void> {
    // The service counts seconds; two requests about one key never share one.
    await this.wait(1_000);
    const { world } = this;
    const { hsm } = world;
    switch (move.kind) {
      case 'create':
        if (!hsm.deleted.has(move.key)) hsm.createKey(move.key);
        return;
      case 'delete':
        if (!hsm.active.has(move.key)) return;
        hsm.deleteKey(move.key);
        this.signals.deletes.push({ key: move.key, at: world.clock.now(), caller: {} });
        return;
      case 'recover':
        if (hsm.deleted.has(move.key)) await world.deps.keys.recoverKey(move.key);
        return;
      case 'purge':
        if (!hsm.deleted.has(move.key)) return;
        hsm.purgeKey(move.key);
        this.countPurge(move.key);
        this.signals.purges.push({ key: move.key, at: world.clock.now(), caller: {} });
        return;
      case 'backUp':
        if (hsm.active.has(move.key)) await world.backUp(move.key);
        return;
      case 'wait':
        // The watch looks every quarter of an hour; its rhythm is what makes an expiry attributable.
        await this.look();
        await this.wait(move.ms);
        await this.look();
        return;
      case 'look':
        await this.look();
        return;
      case 'throttle':
        hsm.faults.fail('listDeletedKeys', world.fault('hsm-throttled'), { times: 2 });
        await this.look();
        return;
      case 'garbage':
        hsm.faults.fail('getDeletedKey', world.fault('hsm-answer-unexpected'), { times: 4 });
        await this.look();
        return;
      case 'topicDown':
        world.publisher.faults.fail('publish', world.fault('topic-unavailable'), { times: 2 });
        await this.look();
        return;
      case 'die':
        if (move.at === 'state') {
          world.state.faults.fail('write', new Error('killed'), {
            subject: 'watch/contoso',
            after: move.after,
          });
        } else {
          world.publisher.faults.fail('publish', new Error('killed'), { after: move.after });
        }
        await this.look();
        return;
    }
  }

  /** A look with what the audit log told since the last one that ended; one that died is given its records again. */
  async look(): Promise<void> {
    const { signals } = this;
    try {
      const result = await this.world.look(signals);
      if (!result.ok) return;
      this.signals = { deletes: [], purges: [] };
      this.noteCrossed();
    } catch (error) {
      // What the audit log told is given again: by whoever repeats a look that died, or that the HSM kept from judging it.
      if (isWardenError(error) && error.code.startsWith('hsm-')) return;
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    }
  }

  async wait(ms: number): Promise<void> {
    await this.world.clock.advance(ms);
    const before = [...this.world.hsm.deleted.keys()];
    this.world.hsm.expire();
    for (const name of before) if (!this.world.hsm.deleted.has(name)) this.countPurge(name);
  }

  private countPurge(name: string): void {
    this.purges.set(name, (this.purges.get(name) ?? 0) + 1);
  }

  private noteCrossed(): void {
    const { hsm, clock, policy } = this.world;
    for (const [name, key] of hsm.deleted) {
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

describe('the watch', () => {
  test.prop([fc.array(aMove, { minLength: 5, maxLength: 40 })], { numRuns: 400 })(
    'misses no purge, deletion or threshold, tells none that was not, and each once per id',
    async (moves) => {
      const play = new Play();
      await play.look();
      for (const move of moves) await play.play(move);
      // Planted faults that were not met are used up; then two looks with nothing in their way.
      for (let round = 1; round <= 8; round += 1) await play.look();

      const { world } = play;
      const purged = Map.groupBy(world.events('HsmWarden.KeyPurged'), ({ data }) => data.key);
      for (const name of NAMES) {
        expect([name, purged.get(name)?.length ?? 0]).toEqual([name, play.purges.get(name) ?? 0]);
      }
      const pending = world
        .events('HsmWarden.PurgePending')
        .map(({ data }) => `${data.key} ${Date.parse(data.deletedAt)} ${data.thresholdSeconds}`);
      expect(new Set(pending).size).toBe(pending.length);
      expect([...play.crossed].filter((one) => !pending.includes(one))).toEqual([]);
      for (const { data } of world.events('HsmWarden.PurgePending')) {
        expect(data.secondsLeft).toBeLessThanOrEqual(data.thresholdSeconds);
      }
      const deletions = world
        .events('HsmWarden.KeyDeleted')
        .map(({ data }) => `${data.key} ${Date.parse(data.deletedAt)}`);
      expect(new Set(deletions).size).toBe(deletions.length);
      expect([...play.deletions].filter((one) => !deletions.includes(one))).toEqual([]);
      expect((await world.memory()).outbox).toEqual([]);
    },
  );
});

describe('the severity of a deleted key', () => {
  const { thresholdsMs } = aWatchPolicy();
  const aTime = fc.integer({ min: 0, max: 90 * DAY_MS });
  const rank = (coverage: (typeof COVERAGES)[number], left: number) =>
    SEVERITIES.indexOf(severityOfDeleted(coverage, left, thresholdsMs));

  test.prop([fc.constantFrom(...COVERAGES), aTime, aTime])(
    'never falls while time runs and the coverage stays',
    (coverage, a, b) => {
      expect(rank(coverage, Math.min(a, b))).toBeGreaterThanOrEqual(rank(coverage, Math.max(a, b)));
    },
  );

  test.prop([aTime, aTime])('follows the coverage first: a key without a backup is never milder', (a, b) => {
    expect(rank('none', a)).toBeGreaterThanOrEqual(rank('partial', b));
    expect(rank('partial', a)).toBeGreaterThanOrEqual(rank('complete', b));
  });

  test.prop([fc.constantFrom(...thresholdsMs)])('can only change at a threshold', (threshold) => {
    expect(rank('complete', threshold + HOUR_MS)).toBeLessThanOrEqual(rank('complete', threshold));
    expect(rank('none', threshold + MINUTE_MS)).toBeLessThanOrEqual(rank('none', threshold));
  });
});
