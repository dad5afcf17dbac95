import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Serializer } from '../../src/core/serializer.ts';

describe('the serializer', () => {
  it('lets one work at a time, in the order of asking', async () => {
    const saves = new Serializer();
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await setImmediate();
      steps.push(`${name} ends`);
      return name;
    };

    const results = await Promise.all([saves.run(work('a')), saves.run(work('b'))]);

    expect(results).toEqual(['a', 'b']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('gives a failure to its own caller and the turn to the next', async () => {
    const saves = new Serializer();
    const failing = saves.run(() => Promise.reject(new Error('mine')));
    const next = saves.run(async () => 'done');

    await expect(failing).rejects.toThrow('mine');
    await expect(next).resolves.toBe('done');
  });
});
