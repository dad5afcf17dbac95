/** What every OnceStore must do, in memory and on blobs. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnceStore } from '../../src/core/once-store.ts';
import { failureOf } from '../support/errors.ts';

/** The contract of {@link OnceStore}. */
export function describeOnceStore(name: string, make: () => Promise<OnceStore>): void {
  describe(`OnceStore: ${name}`, () => {
    let store: OnceStore;
    beforeAll(async () => {
      store = await make();
    });

    it('has nothing under a name that was never written', async () => {
      expect(await store.read('claims/none')).toBeUndefined();
      expect(await store.list('claims/none')).toEqual([]);
    });

    it('keeps what was written first, and says so to whoever writes something else', async () => {
      expect(await store.write('claims/a', 'first \u00f6')).toBe(true);
      expect(await store.write('claims/a', 'second')).toBe(false);
      expect(await store.read('claims/a')).toBe('first \u00f6');
    });

    it('takes the same text again for the same write, whose answer may have been lost', async () => {
      expect(await store.write('claims/b', 'mine')).toBe(true);
      expect(await store.write('claims/b', 'mine')).toBe(true);
    });

    it('lets one of many concurrent writers be first', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.write('claims/c', `writer ${index}`)),
      );

      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await store.read('claims/c')).toBe(`writer ${answers.indexOf(true)}`);
    });

    it('does nothing for a caller that has given up', async () => {
      const given = AbortSignal.abort();

      expect((await failureOf(store.write('given/up', 'text', given))).code).toBe('aborted');
      expect((await failureOf(store.read('given/up', given))).code).toBe('aborted');
      expect((await failureOf(store.list('given/', given))).code).toBe('aborted');
      expect(await store.read('given/up')).toBeUndefined();
    });

    it('reads by the whole name, and lists by what names begin with, sorted', async () => {
      await store.write('marks/2', 'two');
      await store.write('marks/1', 'one');
      await store.write('marks/1-more', 'another');

      expect(await store.read('marks/1')).toBe('one');
      expect(await store.read('marks/')).toBeUndefined();
      expect(await store.list('marks/')).toEqual(['marks/1', 'marks/1-more', 'marks/2']);
    });
  });
}
