// The state machine of a pool: counters and lists agree with the keys after any sequence of changes.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/emulator/state/model.ts';
import { duePurges, PoolState } from '../../../src/emulator/state/pool-state.ts';
import { keyRecord } from '../support/keys.ts';
import { poolState } from '../support/operations.ts';

const DELETED_AT = 1_000;

type Step = { name: string; deed: 'make' | 'delete' | 'drop'; days: number };

const steps = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    deed: fc.constantFrom<Step['deed']>('make', 'delete', 'drop'),
    days: fc.integer({ min: 7, max: 90 }),
  }),
  { maxLength: 40 },
);

/** The change a step is in this state; none when it does not apply. */
function changeOf({ name, deed, days }: Step, state: PoolState): Change[] {
  const key = state.keys.get(name);
  if (deed === 'make' && !key) return [{ type: 'putKey', key: keyRecord({ name, order: state.nextOrder }) }];
  if (!key) return [];
  const { deletion: _, ...active } = key;
  if (deed === 'make') return [{ type: 'putKey', key: active }];
  if (deed === 'drop') return [{ type: 'dropKey', name }];
  const deletion = { deletedDate: DELETED_AT, scheduledPurgeDate: DELETED_AT + days * 86_400 };
  return [{ type: 'putKey', key: { ...key, deletion } }];
}

describe('after any sequence of changes', () => {
  property.prop([steps])(
    'counters and order agree with the keys, and changes() rebuilds the state',
    (sequence) => {
      const state = poolState();
      for (const step of sequence) for (const change of changeOf(step, state)) state.apply(change);
      const keys = [...state.keys.values()];
      expect(state.activeKeys).toBe(keys.filter(({ deletion }) => !deletion).length);
      const orders = keys.map(({ order }) => order);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
      expect(state.nextOrder).toBeGreaterThan(Math.max(0, ...orders));
      const copy = new PoolState(state.settings);
      for (const change of state.changes()) copy.apply(change);
      expect([...copy.keys]).toEqual([...state.keys]);
      expect(copy.activeKeys).toBe(state.activeKeys);
    },
  );

  property.prop([steps, fc.integer({ min: 0, max: 100 * 86_400 })])(
    'exactly the keys whose retention has ended are due',
    (sequence, later) => {
      const state = poolState();
      for (const step of sequence) for (const change of changeOf(step, state)) state.apply(change);
      const now = DELETED_AT + later;
      const expected = [...state.keys.values()].filter(
        ({ deletion }) => deletion && deletion.scheduledPurgeDate <= now,
      );
      const due = duePurges(state, now);
      expect(due).toEqual(expected.map(({ name }) => ({ type: 'dropKey', name })));
      for (const change of due) state.apply(change);
      expect(duePurges(state, now)).toEqual([]);
    },
  );
});

test.each([
  ['a second before', -1, 0],
  ['at', 0, 1],
  ['a second after', 1, 1],
])('%s the end of the retention: %i s, purged %i', (_, seconds, purged) => {
  const state = poolState();
  const scheduledPurgeDate = DELETED_AT + 7 * 86_400;
  state.apply({
    type: 'putKey',
    key: keyRecord({ deletion: { deletedDate: DELETED_AT, scheduledPurgeDate } }),
  });
  expect(duePurges(state, scheduledPurgeDate + seconds)).toHaveLength(purged);
});
