/** The clock of the tests moves only when set, and wakes sleepers at their own moments. */
import { describe, expect, it } from 'vitest';
import { failureOf } from '../errors.ts';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it.each([
    ['just before', 99, false],
    ['at', 100, true],
    ['after', 101, true],
  ])('has woken a sleeper %s its time: %d ms', async (_when, ms, woken) => {
    const clock = new ManualClock({ now: 0 });
    let awake = false;
    void clock.sleep(100).then(() => {
      awake = true;
    });

    await clock.advance(ms);

    expect(awake).toBe(woken);
    expect(clock.now()).toBe(ms);
  });

  it('wakes sleepers in order, each at its own moment, also those that go back to sleep', async () => {
    const clock = new ManualClock({ now: 0 });
    const seen: string[] = [];
    void clock.sleep(30).then(() => seen.push(`b ${clock.now()}`));
    void (async () => {
      for (let n = 0; n < 3; n += 1) {
        await clock.sleep(20);
        seen.push(`a ${clock.now()}`);
      }
    })();

    await clock.advance(60);

    expect(seen).toEqual(['a 20', 'b 30', 'a 40', 'a 60']);
  });

  it('fails an aborted sleep at once, and one that begins after the abort', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const failure = failureOf(clock.sleep(100, controller.signal));

    controller.abort();

    expect((await failure).code).toBe('aborted');
    expect((await failureOf(clock.sleep(100, controller.signal))).code).toBe('aborted');
    expect(clock.sleeping).toBe(0);
  });

  it('jumps from sleeper to sleeper when asked to', async () => {
    const clock = new ManualClock({ now: 0, autoAdvance: true });

    await Promise.all([clock.sleep(1000), clock.sleep(3000), clock.sleep(2000).then(() => clock.sleep(500))]);

    expect(clock.now()).toBe(3000);
  });
});
