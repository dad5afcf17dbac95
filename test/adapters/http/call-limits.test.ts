import { describe, expect, it } from 'vitest';
import { inTime } from '../../../src/adapters/http/call-limits.ts';

const never = () => new Promise<never>(() => undefined);

describe('work that must be done in time', () => {
  it('gives its result, or its failure', async () => {
    expect(await inTime(undefined, async () => 'done')).toBe('done');
    await expect(inTime(undefined, () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  });

  it('is left behind when it takes too long, and says so', async () => {
    let reported: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      reported = signal;
      return never();
    };

    await expect(inTime(undefined, work, 5)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(reported?.aborted).toBe(true);
  });

  it('ends with the reason of the caller who gave up', async () => {
    const caller = new AbortController();
    const reason = new Error('the app is stopping');

    const ended = inTime(caller.signal, never);
    caller.abort(reason);

    await expect(ended).rejects.toBe(reason);
  });

  it('is not begun for a caller who gave up before', async () => {
    let begun = false;
    const work = async () => {
      begun = true;
    };

    await expect(inTime(AbortSignal.abort(), work)).rejects.toThrow();
    expect(begun).toBe(false);
  });
});
