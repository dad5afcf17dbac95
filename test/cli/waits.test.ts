import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { beginWait, noteWait } from '../../src/adapters/http/waits.ts';
import { showWaits } from '../../src/cli/frame/waits.ts';
import { ManualClock } from '../support/memory/manual-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody who waits, and what was said so far. */
function waiting({ isTTY = true, quiet = false } = {}) {
  const said: string[] = [];
  const stderr = { isTTY, write: (text: string) => said.push(text) };
  const startedAt = performance.now();
  const waits = showWaits({ stderr, clock: new ManualClock(), startedAt }, quiet);
  onTestFinished(() => waits.stop());
  return { said, waits };
}

/** What was said last after `ms` more milliseconds. */
function lineAfter(ms: number, said: readonly string[]): string | undefined {
  vi.advanceTimersByTime(ms);
  return said.at(-1);
}

describe('a command that waits', () => {
  it('says for whom and how long, once that is longer than a second', () => {
    const { said, waits } = waiting();
    const over = beginWait('contoso');
    expect(lineAfter(12_000, said)).toBe('\r\u001b[Kasking contoso… 12 s');
    over();
    waits.stop();
    expect(said.at(-1)).toBe('\r\u001b[K');
  });

  it('counts from the start of the process, for that is when the person began to wait', () => {
    const { said } = waiting();
    vi.advanceTimersByTime(900);
    beginWait('contoso');
    expect(lineAfter(100, said)).toContain('asking contoso… 1 s');
  });

  it('says why the last try failed, and when the next one is due', () => {
    const { said } = waiting();
    noteWait('contoso', '503', 8_000);
    expect(lineAfter(4_000, said)).toContain('asking contoso… 4 s (503, next try in 4 s)');
  });

  it('knows the pauses of its own clock after a call that failed', async () => {
    const { said, waits } = waiting();
    beginWait('contoso')('503');
    const pause = new AbortController();
    const slept = waits.clock.sleep(9_000, pause.signal);
    expect(lineAfter(2_000, said)).toContain('asking contoso… 2 s (503, next try in 7 s)');
    pause.abort();
    await expect(slept).rejects.toMatchObject({ code: 'aborted' });
  });

  it('goes on counting over tries that fail', () => {
    const { said } = waiting();
    beginWait('contoso')('503');
    vi.advanceTimersByTime(2_000);
    beginWait('contoso');
    expect(lineAfter(1_200, said)).toContain('asking contoso… 3 s (503, trying again)');
  });

  it('begins again after a good answer', () => {
    const { said } = waiting();
    vi.advanceTimersByTime(3_000);
    beginWait('contoso')();
    beginWait('contoso');
    lineAfter(800, said);
    expect(said.join('')).not.toContain('asking');
  });

  it.each([
    ['of what is answered soon', {}, 800],
    ['when it is to be quiet', { quiet: true }, 60_000],
  ])('says nothing %s', (_case, how, ms) => {
    const { said } = waiting(how);
    beginWait('contoso');
    vi.advanceTimersByTime(ms);
    expect(said).toEqual([]);
  });

  it('writes whole lines where nobody watches, and few of them', () => {
    const { said } = waiting({ isTTY: false });
    beginWait('contoso');
    vi.advanceTimersByTime(1_000);
    vi.advanceTimersByTime(9_800);
    expect(said).toEqual(['asking contoso… 1 s\n']);
    expect(lineAfter(200, said)).toBe('asking contoso… 11 s\n');
  });

  it('takes its line away before other text comes', () => {
    const { said, waits } = waiting();
    beginWait('contoso');
    vi.advanceTimersByTime(2_000);
    waits.stderr.write('Backed up.\n');
    expect(said.slice(-2)).toEqual(['\r\u001b[K', 'Backed up.\n']);
  });
});
