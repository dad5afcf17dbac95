import { describe, expect, it } from 'vitest';
import { takeUp } from '../../../../src/features/watch/model/noted-losses.ts';
import type { WatchState } from '../../../../src/features/watch/model/watch-state.ts';
import { HOUR_MS, MINUTE_MS } from '../../../support/watch-world.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const AHEAD = Date.UTC(2100, 0, 1);

/** A memory in which every time that is given by a scan is `at`. */
function memoryOf(at: number): WatchState {
  const caller = { upn: 'bob@contoso.com' };
  const of = { createdAt: 1_000, lastSeenAt: at };
  return {
    format: 1,
    hsm: 'contoso',
    watchingSince: at,
    lookedAt: at,
    lookBeganAt: at,
    keys: {
      orders: { state: 'active', ...of, unprotected: { since: at, told: false } },
      tax: {
        state: 'deleted',
        ...of,
        deletedAt: 2_000,
        scheduledPurgeAt: AHEAD,
        told: [],
        uses: [],
        lastUse: { at, operation: 'KeySign', caller },
      },
    },
    purges: {
      lost: { at, awaitsRecord: false, records: [], lost: 'key' },
      gone: { at, awaitsRecord: false, records: [], backupGoneSince: at },
    },
    conditions: { 'hsm-unreachable': { since: at, told: false } },
    damaged: { orders: at },
    outbox: [],
    refused: [],
    pins: [],
  };
}

const taken = (state: WatchState, noted: Parameters<typeof takeUp>[1] = []) =>
  takeUp(state, noted, NOW).state;

describe('the memory of a watch, taken up', () => {
  it('has no time of the future that a scan gave: each is as of now', () => {
    expect(taken(memoryOf(AHEAD))).toEqual(memoryOf(NOW));
  });

  it('keeps the times of another clock that is minutes ahead', () => {
    const state = memoryOf(NOW + 4 * MINUTE_MS);
    expect(taken(state)).toEqual(state);
  });

  it('keeps the times that the HSM gave, for they are compared with its answer', () => {
    const state = memoryOf(NOW);
    const known = { state: 'active', createdAt: AHEAD } as const;
    expect(taken({ ...state, keys: { known } }).keys).toEqual({ known });
  });

  it('knows no records of purges and no uses that are still to come', () => {
    const hour = Math.floor(NOW / HOUR_MS);
    const state = memoryOf(NOW);
    const tax = {
      state: 'deleted' as const,
      createdAt: 1,
      deletedAt: 2,
      scheduledPurgeAt: 3,
      told: [],
    };
    const uses = [`${hour} KeySign bob`, `${hour + 1} KeySign bob`];
    const purge = { at: NOW, awaitsRecord: false, records: [NOW, AHEAD] };
    const { keys, purges } = taken({ ...state, keys: { tax: { ...tax, uses } }, purges: { tax: purge } });

    expect(keys).toEqual({ tax: { ...tax, uses: [`${hour} KeySign bob`] } });
    expect(purges).toEqual({ tax: { ...purge, records: [NOW] } });
  });

  it('dates a loss of the future by its note, where there is one', () => {
    const noted = { kind: 'loss', key: 'lost', lost: 'key', noticedAt: 5_000 } as const;
    expect(taken(memoryOf(AHEAD), [noted]).purges.lost).toMatchObject({ at: 5_000, lost: 'key' });
  });

  it('has a loss also whose note is dated in the future, earlier than any that is still to come', () => {
    const noted = { kind: 'loss', key: 'lost', lost: 'key', noticedAt: AHEAD } as const;
    const state = { ...memoryOf(NOW), purges: {} };
    expect(taken(state, [noted]).purges.lost).toMatchObject({ at: 0, lost: 'key' });
    expect(taken(memoryOf(AHEAD), [noted]).purges.lost).toMatchObject({ at: NOW, lost: 'key' });
    expect(taken(memoryOf(NOW), [noted]).purges.lost).toMatchObject({ at: NOW, lost: 'key' });
  });
});
