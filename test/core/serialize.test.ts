import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/core/serialize.ts';

describe('taking turns', () => {
  it('lets one work at a time, in the order of asking', async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await setImmediate();
      steps.push(`${name} ends`);
      return name;
    };

    const results = await Promise.all([turns.take(work('a')), turns.take(work('b'))]);

    expect(results).toEqual(['a', 'b']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('gives a failure to its own caller and the turn to the next', async () => {
    const turns = new Turns();
    const failing = turns.take(() => Promise.reject(new Error('mine')));
    const next = turns.take(async () => 'done');

    await expect(failing).rejects.toThrow('mine');
    await expect(next).resolves.toBe('done');
  });
});
