/** What every RecoveryStore must do, in memory and on Blob storage. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecoveryStore } from '../../src/features/recovery/model/ports.ts';

/** A store under test. */
export interface RecoveryStoreWorld {
  readonly store: RecoveryStore;
  close?(): Promise<void>;
}

const id = (letter: string) => letter.repeat(26);

/** The contract of {@link RecoveryStore}. */
export function describeRecoveryStore(name: string, make: () => Promise<RecoveryStoreWorld>): void {
  describe(`RecoveryStore: ${name}`, () => {
    let world: RecoveryStoreWorld;
    beforeAll(async () => {
      world = await make();
    });
    afterAll(() => world.close?.());

    it('reads what was written, with the tag of that write', async () => {
      const etag = await world.store.write({ kind: 'recovery', id: id('a') }, 'one \u20ac', 'absent');

      expect(await world.store.read({ kind: 'recovery', id: id('a') })).toEqual({ text: 'one \u20ac', etag });
    });

    it('has nothing where nothing was written', async () => {
      expect(await world.store.read({ kind: 'recovery', id: id('z') })).toBeUndefined();
      expect(await world.store.read({ kind: 'webhook-rate', source: 'nobody' })).toBeUndefined();
    });

    it('writes as absent only once', async () => {
      await world.store.write({ kind: 'recovery', id: id('b') }, 'one', 'absent');

      await expect(
        world.store.write({ kind: 'recovery', id: id('b') }, 'two', 'absent'),
      ).rejects.toMatchObject({
        code: 'state-conflict',
      });
    });

    it('writes over exactly the version that was read', async () => {
      const first = await world.store.write({ kind: 'recovery', id: id('c') }, 'one', 'absent');
      const second = await world.store.write({ kind: 'recovery', id: id('c') }, 'two', { etag: first });

      expect(second).not.toBe(first);
      await expect(
        world.store.write({ kind: 'recovery', id: id('c') }, 'x', { etag: first }),
      ).rejects.toMatchObject({
        code: 'state-conflict',
      });
      expect((await world.store.read({ kind: 'recovery', id: id('c') }))?.text).toBe('two');
    });

    it('lets one of many writers at once win', async () => {
      const attempts = Array.from({ length: 10 }, (_, n) =>
        world.store.write({ kind: 'recovery', id: id('d') }, `${n}`, 'absent'),
      );

      const results = await Promise.allSettled(attempts);

      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('lists requests by id and nothing else, and every one once', async () => {
      await world.store.write({ kind: 'webhook-rate', source: 'alerts' }, '{}', 'absent');
      const found: string[] = [];
      let next: string | undefined;
      do {
        const page = await world.store.list(next);
        found.push(...page.items);
        next = page.next;
      } while (next !== undefined);

      expect(found).toEqual(['a', 'b', 'c', 'd'].map(id));
    });
  });
}
