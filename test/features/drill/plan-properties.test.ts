import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/time.ts';
import {
  type DrillCandidate,
  FRESH_MS,
  type LastDrill,
  oldestUnproven,
  planDrills,
} from '../../../src/features/drill/plan.ts';

const KINDS = ['RSA-2048', 'RSA-3072', 'EC-P-256', 'oct'] as const;
const START = Date.parse('2026-01-01T06:00:00Z');
/** A run proves what it plans within minutes; the plan allows for an hour. */
const RUN_MS = 60_000;

interface Night {
  readonly fails: boolean;
  readonly adds: number;
  readonly changes: number;
  readonly removes: number;
  /** How late the run starts, milliseconds. */
  readonly lateMs: number;
}

const night: fc.Arbitrary<Night> = fc.record({
  fails: fc.boolean().map((fails) => fails),
  adds: fc.nat(3),
  changes: fc.nat(3),
  removes: fc.nat(2),
  lateMs: fc.nat(30 * 60_000),
});

describe('the plan of a night', () => {
  test('no key is unproven for longer than the days of the settings and the length of an outage', () => {
    const world = fc.record({
      days: fc.integer({ min: 2, max: 40 }),
      keys: fc.nat(40),
      nights: fc.array(night, { minLength: 1, maxLength: 90 }),
    });
    fc.assert(
      fc.property(world, ({ days, keys, nights }) => {
        const play = new Play(days);
        play.add(keys, START);
        let outage = 0;
        for (const [index, one] of nights.entries()) {
          const now = START + (index + 1) * DAY_MS + one.lateMs;
          expect(play.oldest(now)).toBeLessThanOrEqual(days * DAY_MS + outage + 3_600_000);
          if (one.fails) outage += DAY_MS;
          else {
            play.run(now, true);
            outage = 0;
          }
          play.churn(one, now + RUN_MS);
        }
      }),
      { seed: 20_261, numRuns: 200 },
    );
  });

  test('new and changed keys are proven by the next run that works', () => {
    fc.assert(
      fc.property(fc.array(night, { minLength: 2, maxLength: 30 }), (nights) => {
        const play = new Play(30);
        for (const [index, one] of nights.entries()) {
          const now = START + index * DAY_MS;
          play.churn(one, now);
          const planned = play.run(now + DAY_MS - FRESH_MS / 24, index % 2 === 0);
          for (const key of play.unprovenChanges()) expect(planned).toContain(key);
          play.accept();
        }
      }),
      { seed: 20_262 },
    );
  });

  test('a night takes its share of the oldest, and one of every kind and HSM', () => {
    const count = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 60 }), (keys, days) => {
        const play = new Play(days);
        play.add(keys, START);
        play.run(START, true);
        const now = START + 60_000;
        const planned = play.plan(now, true);
        expect(planned.length).toBeGreaterThanOrEqual(Math.ceil(keys / days));
        expect(planned.length).toBeLessThanOrEqual(
          days === 1 ? keys : Math.ceil(keys / days) + KINDS.length + 2,
        );
        expect(new Set(planned.map(({ kind }) => kind))).toEqual(
          new Set(play.keys().map(({ kind }) => kind)),
        );
        expect(new Set(planned.map(({ hsm }) => hsm))).toEqual(new Set(play.keys().map(({ hsm }) => hsm)));
      }),
      { seed: 20_263 },
    );
  });

  test('a proof that a clock ahead of ours has dated does not count for the time to come', () => {
    const play = new Play(30);
    play.add(3, START);
    play.run(START + 365 * DAY_MS, true);
    expect(play.plan(START + DAY_MS, false)).toHaveLength(3);
  });

  test('between the nights only what cannot wait is drilled', () => {
    const play = new Play(30);
    play.add(50, START);
    play.run(START, true);
    expect(play.plan(START + 3_600_000, false)).toEqual([]);
  });

  test.each([
    { keys: 5000, days: 30, share: 167 },
    { keys: 1, days: 30, share: 1 },
    { keys: 300, days: 1, share: 300 },
  ])('$keys keys in $days days are $share a night', ({ keys, days, share }) => {
    const play = new Play(days);
    play.add(keys, START, 'RSA-2048', 'contoso');
    play.run(START, true);
    expect(play.plan(START + 60_000, true)).toHaveLength(share);
  });
});

/** HSMs whose keys come, go and change, and drills that prove what is planned. */
class Play {
  readonly #days: number;
  readonly #keys = new Map<string, DrillCandidate>();
  readonly #proofs = new Map<string, LastDrill>();
  #made = 0;
  #changed = new Set<string>();

  constructor(days: number) {
    this.#days = days;
  }

  keys(): readonly DrillCandidate[] {
    return [...this.#keys.values()];
  }

  add(count: number, now: number, kind?: string, hsm?: string): void {
    for (let added = 0; added < count; added += 1) {
      this.#made += 1;
      const key = `key-${this.#made}`;
      this.#changed.add(key);
      this.#keys.set(key, {
        hsm: hsm ?? (this.#made % 3 === 0 ? 'fabrikam' : 'contoso'),
        key,
        kind: kind ?? KINDS[this.#made % KINDS.length] ?? 'oct',
        capturedAt: now,
        createdAt: now,
        updatedAt: now,
      });
    }
  }

  churn({ adds, changes, removes }: Night, now: number): void {
    for (const key of [...this.#keys.keys()].slice(0, removes)) {
      this.#keys.delete(key);
      this.#changed.delete(key);
    }
    for (const [key, known] of [...this.#keys].slice(-changes || this.#keys.size)) {
      this.#changed.add(key);
      this.#keys.set(key, { ...known, updatedAt: now, capturedAt: now });
    }
    this.add(adds, now);
  }

  plan(now: number, nightly: boolean): readonly DrillCandidate[] {
    const policy = { days: this.#days, nightly, nextRunAt: now + DAY_MS };
    return planDrills(this.keys(), ({ key }) => this.#proofs.get(key), policy, now).map(
      ({ candidate }) => candidate,
    );
  }

  run(now: number, nightly: boolean): readonly string[] {
    return this.plan(now, nightly).map(({ key, createdAt, updatedAt }) => {
      this.#proofs.set(key, { provenAt: now + RUN_MS, createdAt, updatedAt });
      return key;
    });
  }

  /** Keys that came or changed since the last {@link accept}. */
  unprovenChanges(): readonly string[] {
    return [...this.#changed];
  }

  accept(): void {
    this.#changed = new Set();
  }

  oldest(now: number): number {
    return oldestUnproven(this.keys(), ({ key }) => this.#proofs.get(key), now);
  }
}
