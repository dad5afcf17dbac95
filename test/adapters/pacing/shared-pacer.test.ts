/** However many processes back up the keys of one HSM: together they keep its pace, and use it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedPacer } from '../../../src/adapters/pacing/shared-pacer.ts';
import { WardenError } from '../../../src/core/errors.ts';
import type { Clock, Pacer } from '../../../src/core/ports.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const PACE = 8;
const SECOND = 1_000;

/** The most of `starts` in any window of one second. */
function mostInASecond(starts: readonly number[]): number {
  const sorted = [...starts].sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= SECOND) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

/** Starts a second from `from` on, for `ms`. */
function rateIn(starts: readonly number[], from: number, ms: number): number {
  return starts.filter((at) => at >= from && at < from + ms).length / (ms / SECOND);
}

/** Processes around one store, in virtual time. */
class Processes {
  readonly clock = new ManualClock();
  readonly store = new MemoryDocumentStore();
  readonly starts: number[] = [];
  writes = 0;
  readonly begin = this.clock.now();
  #count = 0;

  /** A process whose clock is off by `skewMs`, and whose calls of the store take `latencyMs` each way. */
  start(options: { readonly skewMs?: number; readonly pace?: number; readonly latencyMs?: number } = {}) {
    const { clock, store } = this;
    const death = new AbortController();
    const own: Clock = {
      now: () => clock.now() + (options.skewMs ?? 0),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    let cut = false;
    let answerMs = options.latencyMs ?? 0;
    const reach = async <T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
      if (cut || death.signal.aborted)
        throw new WardenError('storage-unreachable', { message: 'It is out of reach.' });
      await clock.sleep(options.latencyMs ?? 0, signal);
      const answer = await call();
      await clock.sleep(answerMs, signal);
      return answer;
    };
    this.#count += 1;
    const worker = `w${this.#count}`;
    let ids = 0;
    const pacer = new SharedPacer({
      hsm: 'contoso',
      ratePerSecond: options.pace ?? PACE,
      clock: own,
      worker,
      nextId: () => {
        ids += 1;
        return `${worker}-${ids}`;
      },
      logger: new RecordingLogger(),
      store: {
        read: (address, signal) => reach(() => store.read(address), signal),
        write: (address, content, guard, signal) =>
          reach(() => {
            this.writes += 1;
            return store.write(address, content, guard);
          }, signal),
        open: (...args) => store.open(...args),
        writeFrom: (...args) => store.writeFrom(...args),
        list: (...args) => store.list(...args),
        listRuns: (...args) => store.listRuns(...args),
      },
    });
    const starts: number[] = [];
    /** Starts as often as the pace allows, `width` at a time, `count` times or until the process dies. */
    const work = async (width: number, count = Number.POSITIVE_INFINITY, by: Pacer = pacer) => {
      let left = count;
      const one = async () => {
        while (left > 0) {
          left -= 1;
          await by.take(death.signal);
          starts.push(clock.now());
          this.starts.push(clock.now());
        }
      };
      await Promise.allSettled(Array.from({ length: width }, one));
    };
    return {
      pacer,
      starts,
      work,
      kill: () => death.abort(),
      /** From now on it cannot reach the store, and works on. */
      cut: () => {
        cut = true;
      },
      /** From now on answers of the store come so late. */
      answersTake: (ms: number) => {
        answerMs = ms;
      },
      release: () => pacer.release(),
    };
  }

  /** Milliseconds since the begin. */
  at(ms: number): number {
    return this.begin + ms;
  }

  async until(ms: number): Promise<void> {
    await this.clock.advance(this.at(ms) - this.clock.now());
  }
}

describe('the pace of an HSM, shared by processes', () => {
  it.each([1, 2, 4, 8, 16])('is kept in any second by %i of them, and used', async (count) => {
    const all = new Processes();
    for (let n = 0; n < count; n += 1) {
      void all.start({ skewMs: (n % 5) * 12_000 - 24_000 }).work(16);
      await all.clock.advance(n * 300);
    }
    await all.until(120_000);

    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE);
    expect(rateIn(all.starts, all.at(60_000), 60_000)).toBeGreaterThanOrEqual(0.9 * PACE);
  });

  it('is divided fairly when another comes, within two renewals', async () => {
    const all = new Processes();
    const first = all.start();
    void first.work(16);
    await all.until(30_000);
    const second = all.start();
    void second.work(16);
    await all.until(120_000);

    expect(rateIn(second.starts, all.at(55_000), 60_000)).toBeGreaterThanOrEqual(0.9 * (PACE / 2));
    expect(rateIn(first.starts, all.at(55_000), 60_000)).toBeLessThanOrEqual(PACE / 2);
    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE);
  });

  it('goes to the others when one is killed, after twenty seconds and two renewals at most', async () => {
    const all = new Processes();
    const doomed = all.start();
    const other = all.start();
    void doomed.work(16);
    void other.work(16);
    await all.until(60_000);
    doomed.kill();
    await all.until(160_000);

    expect(rateIn(all.starts, all.at(100_000), 60_000)).toBeGreaterThanOrEqual(0.9 * PACE);
    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE);
  });

  it('ends for who cannot renew before anybody may take its seats', async () => {
    const all = new Processes();
    const lost = all.start();
    const other = all.start();
    void lost.work(16);
    void other.work(16);
    await all.until(32_000);
    lost.cut();
    await all.until(100_000);

    expect(Math.max(...lost.starts)).toBeLessThanOrEqual(all.at(46_000));
    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE);
    expect(rateIn(other.starts, all.at(80_000), 20_000)).toBeGreaterThanOrEqual(0.9 * PACE);
  });

  it('is kept by who gave seats up and never got the answer to that', async () => {
    const all = new Processes();
    const first = all.start();
    void first.work(16);
    await all.until(12_000);
    void all.start().work(16);
    await all.until(15_000);
    // Its reads come in time; the renewal that shares the pace with the second is done, and its answer lost.
    first.answersTake(2_000);
    await all.until(60_000);

    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE);
  });

  it('is free at once when who had it gave it back', async () => {
    const all = new Processes();
    const first = all.start();
    await Promise.all([first.work(4, 20), all.until(5_000)]);
    await Promise.all([first.release(), all.clock.advance(0)]);
    const second = all.start();
    void second.work(16);
    await all.until(20_000);

    expect(second.starts[0]).toBeLessThanOrEqual(all.at(5_000) + 1_300);
    expect(rateIn(second.starts, all.at(8_000), 10_000)).toBeGreaterThanOrEqual(0.9 * PACE);
  });

  it('is given to who comes in the very moment in which it is given back', async () => {
    const all = new Processes();
    const one = all.start({ latencyMs: 200 });
    await Promise.all([one.work(4, 8), all.until(7_100)]);
    // The seats are on their way back: idle since two seconds and a half, renewed at most every ten.
    const [released, worked] = [one.release(), all.clock.advance(100).then(() => one.work(1, 3))];
    await Promise.all([released, worked, all.until(30_000)]);

    expect(one.starts).toHaveLength(11);
  });

  it('is given back by who stops in the middle of a renewal, as soon as that is done', async () => {
    const all = new Processes();
    const one = all.start({ latencyMs: 700 });
    const stop = new AbortController();
    const taking = failureOf(one.pacer.take(stop.signal));
    // The first renewal reads and writes the book until 2.8 s, and giving back does the same.
    await all.until(1_000);
    stop.abort();
    await taking;
    const released = one.release().then(() => all.clock.now());
    await all.until(30_000);

    expect(await released).toBeLessThanOrEqual(all.at(6_000));
  });

  it('is less for all soon when the HSM asks for that in the middle of a renewal', async () => {
    const all = new Processes();
    const one = all.start({ latencyMs: 700 });
    void one.work(16);
    await all.until(1_000);
    one.pacer.throttled(1_000);
    await all.until(6_000);

    expect((await all.store.read({ kind: 'pace', hsm: 'contoso' }))?.text).toContain('"slow"');
  });

  it('keeps one start a second for what must not wait behind a run', async () => {
    const all = new Processes();
    void all.start().work(16);
    await all.until(20_500);
    const urgent = all.start();
    void urgent.work(1, 3, urgent.pacer.urgent);
    await all.until(40_000);

    expect(urgent.starts[0]).toBeLessThanOrEqual(all.at(20_500) + 2_500);
    expect(mostInASecond(all.starts)).toBeLessThanOrEqual(PACE + 1);
  });

  it('is halved for all when the HSM asks one of them for less, and comes back', async () => {
    const all = new Processes();
    const [one, two] = [all.start(), all.start()];
    void one.work(16);
    void two.work(16);
    await all.until(60_000);
    one.pacer.throttled(5_000);
    for (let n = 0; n < 300; n += 1) {
      await all.clock.advance(SECOND);
      one.pacer.succeeded();
      two.pacer.succeeded();
    }

    expect(rateIn(all.starts, all.at(75_000), 10_000)).toBeLessThanOrEqual(0.7 * PACE);
    expect(rateIn(all.starts, all.at(300_000), 60_000)).toBeGreaterThanOrEqual(0.9 * PACE);
  });

  it('costs one write in ten seconds for each process', async () => {
    const all = new Processes();
    for (let n = 0; n < 4; n += 1) void all.start().work(16);
    await all.until(20_000);
    const before = all.writes;
    await all.until(120_000);

    expect(all.writes - before).toBeLessThanOrEqual(4 * 10 + 4);
  });

  it('is never exceeded, whoever comes, dies, ends or is asked for less, and whatever their clocks say', async () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 15_000 }),
      what: fc.constantFrom('start', 'start', 'kill', 'cut', 'release', 'throttle'),
      latencyMs: fc.constantFrom(0, 20, 300, 700, 1_400, 2_900),
      who: fc.integer({ min: 0, max: 20 }),
      skewMs: fc.integer({ min: -60_000, max: 60_000 }),
      count: fc.integer({ min: 1, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { maxLength: 25 }),
        async (pace, steps) => {
          const all = new Processes();
          const running: ReturnType<Processes['start']>[] = [];
          for (const { ms, what, who, skewMs, count, latencyMs } of steps) {
            await all.clock.advance(ms);
            const one = running[who % Math.max(1, running.length)];
            if (what === 'start' || one === undefined) {
              const fresh = all.start({ skewMs, pace, latencyMs });
              running.push(fresh);
              void fresh.work(4, count);
            } else if (what === 'kill') one.kill();
            else if (what === 'cut') one.cut();
            else if (what === 'release') void one.release();
            else one.pacer.throttled(1_000);
          }
          await all.clock.advance(60_000);
          expect(mostInASecond(all.starts)).toBeLessThanOrEqual(pace);
        },
      ),
      { numRuns: 150, seed: 20261128 },
    );
  });
});
