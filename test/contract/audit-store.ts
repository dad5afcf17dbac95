/** What every AuditStore must do, in memory and on append blobs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditStore } from '../../src/features/audit/audit-log.ts';

/** A store under test, empty at first. */
export interface AuditStoreWorld {
  readonly store: AuditStore;
  close?(): Promise<void>;
}

const FIRST = { day: '2026-01-31', number: 1 };
const SECOND = { day: '2026-01-31', number: 2 };
const THIRD = { day: '2026-02-01', number: 1 };

/** The contract of {@link AuditStore}. Its tests build on each other, as a log does. */
export function describeAuditStore(name: string, make: () => Promise<AuditStoreWorld>): void {
  describe(`AuditStore: ${name}`, () => {
    let world: AuditStoreWorld;
    beforeAll(async () => {
      world = await make();
    });
    afterAll(() => world.close?.());

    it('has no end before there is a part', async () => {
      expect(await world.store.end(true)).toBeUndefined();
    });

    it('opens an empty part, and leaves one alone that exists', async () => {
      await world.store.open(FIRST);
      expect(await world.store.end(true)).toMatchObject({ part: FIRST, position: 0, lines: 0 });
      await world.store.append(FIRST, 'one\n', 0);
      await world.store.open(FIRST);

      expect(await world.store.read(FIRST)).toBe('one\n');
    });

    it('appends at the position given, several lines together, and counts bytes', async () => {
      await world.store.append(FIRST, 'tw\u00f6\nthree\n', 4);

      const end = await world.store.end(true);

      expect(end).toMatchObject({ position: 15, lastLine: 'three' });
      expect(end?.serviceTime).toBeGreaterThan(0);
    });

    it.each([4, 14, 16, 0])('refuses to append at %i when the end is at 15', async (position) => {
      await expect(world.store.append(FIRST, 'x\n', position)).rejects.toMatchObject({
        code: 'state-conflict',
      });
      expect(await world.store.read(FIRST)).toBe('one\ntw\u00f6\nthree\n');
    });

    it.each([
      { from: 0, rest: 'one\ntw\u00f6\nthree\n' },
      { from: 9, rest: 'three\n' },
      { from: 15, rest: '' },
      { from: 16, rest: '' },
    ])('reads what follows byte $from', async ({ from, rest }) => {
      expect(await world.store.read(FIRST, from)).toBe(rest);
    });

    it('has its parts in order, and its end in the newest', async () => {
      await world.store.open(THIRD);
      await world.store.open(SECOND);
      const parts = [];
      for await (const part of world.store.parts()) parts.push(part);

      expect(parts).toEqual([FIRST, SECOND, THIRD]);
      expect((await world.store.end(true))?.part).toEqual(THIRD);
    });

    it('names the later segments that are there, each once', async () => {
      expect(await world.store.segments()).toEqual([]);

      const [early, late] = ['0'.repeat(26), '1'.repeat(26)];
      for (const segment of [late, early]) {
        await world.store.open({ ...FIRST, segment });
        await world.store.open({ ...SECOND, segment });
      }

      expect(await world.store.segments()).toEqual([early, late]);
    });
  });
}
