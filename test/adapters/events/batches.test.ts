import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { toBatches } from '../../../src/adapters/events/batches.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { anEvent } from '../../support/events.ts';

const SIZE = Buffer.byteLength(JSON.stringify(anEvent('orders'))) + 1;

describe('batches', () => {
  test.prop([
    fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { maxLength: 60 }),
    fc.integer({ min: 700, max: 4000 }),
  ])('hold every event once, in order, and none is too large', (names, maxBytes) => {
    const events = names.map((name) => anEvent(name));
    const batches = toBatches(events, maxBytes);

    expect(batches.flat()).toEqual(events);
    for (const batch of batches) {
      expect(batch.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(maxBytes + 2);
    }
  });

  it.each([
    ['just fit', 2 * SIZE, 1],
    ['do not fit by one byte', 2 * SIZE - 1, 2],
  ])('two events that %s', (_name, maxBytes, count) => {
    expect(toBatches([anEvent('orders'), anEvent('orders')], maxBytes)).toHaveLength(count);
  });

  it('an event too large for any batch is refused', () => {
    expect(() => toBatches([anEvent('orders')], SIZE - 1)).toThrow(WardenError);
  });
});
