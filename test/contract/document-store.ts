/** What every DocumentStore does, in memory or in Blob storage. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DocumentAddress,
  DocumentStore,
  ListedRecovery,
} from '../../src/core/documents/document-store.ts';
import { WardenError } from '../../src/core/errors.ts';

import { failureOf } from '../support/errors.ts';
import { piecesOf } from '../support/memory/pieces.ts';
import { whole } from '../support/pieces.ts';

/** A store to try, with nothing in it. */
export interface DocumentStoreWorld {
  readonly store: DocumentStore;
  close?(): Promise<void>;
}

const catalogue = (hsm: string): DocumentAddress => ({ kind: 'catalogue', hsm });

/** Runs the contract of {@link DocumentStore}; each test uses HSM names of its own. */
export function describeDocumentStore(name: string, factory: () => Promise<DocumentStoreWorld>): void {
  describe(`${name} keeps the contract of a DocumentStore`, () => {
    let world: DocumentStoreWorld;
    let store: DocumentStore;
    beforeAll(async () => {
      world = await factory();
      store = world.store;
    });
    afterAll(async () => world.close?.());

    it('has no document before one is written', async () => {
      expect(await store.read(catalogue('none'))).toBeUndefined();
    });

    it('gives back the text, and the etag that the write returned', async () => {
      const etag = await store.write(catalogue('text'), '{"name":"Zoë ✓"}', 'absent');

      expect(await store.read(catalogue('text'))).toEqual({ text: '{"name":"Zoë ✓"}', etag });
    });

    it('replaces the document whose etag the writer knows', async () => {
      const first = await store.write(catalogue('replace'), '1', 'absent');

      const second = await store.write(catalogue('replace'), '2', { etag: first });

      expect(second).not.toBe(first);
      expect((await store.read(catalogue('replace')))?.text).toBe('2');
    });

    it.each([
      [
        'an outdated etag',
        async (first: string, second: string) => ({ etag: first === second ? '' : first }),
      ],
      ['the expectation that there is none', async () => 'absent' as const],
    ])('refuses a write with %s', async (_name, guardOf) => {
      const address = catalogue(`guard-${_name.length}`);
      const first = await store.write(address, '1', 'absent');
      const second = await store.write(address, '2', { etag: first });

      const error = await failureOf(store.write(address, '3', await guardOf(first, second)));

      expect(error.code).toBe('state-conflict');
      expect((await store.read(address))?.text).toBe('2');
    });

    it('refuses to replace a document that is not there', async () => {
      const etag = await store.write(catalogue('gone-1'), '1', 'absent');

      expect((await failureOf(store.write(catalogue('gone-2'), '2', { etag }))).code).toBe('state-conflict');
    });

    it('lets one of many concurrent writers win', async () => {
      const etag = await store.write(catalogue('race'), 'start', 'absent');

      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => store.write(catalogue('race'), `writer ${n}`, { etag })),
      );

      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await store.read(catalogue('race')))?.text).toBe(`writer ${winner}`);
    });

    it('keeps documents of different kinds, HSMs, runs and sources apart', async () => {
      const addresses: DocumentAddress[] = [
        { kind: 'catalogue', hsm: 'apart' },
        { kind: 'watch', hsm: 'apart' },
        { kind: 'verify', hsm: 'apart' },
        { kind: 'catalogue', hsm: 'apart-2' },
        { kind: 'run', hsm: 'apart', runId: '1' },
        { kind: 'run', hsm: 'apart', runId: '2' },
        { kind: 'last-run', hsm: 'apart' },
        { kind: 'webhook-rate', source: 'apart' },
        { kind: 'recovery-index' },
      ];
      for (const address of addresses) await store.write(address, JSON.stringify(address), 'absent');

      for (const address of addresses)
        expect((await store.read(address))?.text).toBe(JSON.stringify(address));
    });

    describe.each([
      ['a short text', 'one line\n'],
      // Characters of one to four bytes, so that pieces of the way end within one.
      ['megabytes', 'aé€😀'.repeat(400_000)],
    ])('in pieces, %s', (size, text) => {
      const address = (of: string) => catalogue(`pieces-${size.length}-${of}`);

      it('gives back what was written, piece by piece', async () => {
        const etag = await store.writeFrom(address('all'), piecesOf(text, 4000), 'absent');

        const opened = await store.open(address('all'));

        expect(opened?.etag).toBe(etag);
        expect((await whole(opened?.text ?? piecesOf('', 1))) === text).toBe(true);
        expect(await store.read(address('all'))).toEqual({ text, etag });
      });

      it('changes nothing when the text ends with a failure', async () => {
        const etag = await store.write(address('failing'), 'before', 'absent');
        async function* failing(): AsyncGenerator<string> {
          yield* piecesOf(text, 4000);
          throw new WardenError('state-corrupt', { message: 'The other document cannot be read.' });
        }

        const error = await failureOf(store.writeFrom(address('failing'), failing(), { etag }));

        expect(error.code).toBe('state-corrupt');
        expect(await store.read(address('failing'))).toEqual({ text: 'before', etag });
      });

      it('refuses an outdated etag, one of a document that is gone, and one that should not be there', async () => {
        const first = await store.write(address('guard'), '1', 'absent');
        const etag = await store.write(address('guard'), '2', { etag: first });

        const errors = await Promise.all(
          [
            store.writeFrom(address('guard'), piecesOf(text, 4000), { etag: first }),
            store.writeFrom(address('guard'), piecesOf(text, 4000), 'absent'),
            store.writeFrom(address('guard-gone'), piecesOf(text, 4000), { etag }),
          ].map(failureOf),
        );

        expect(errors.map(({ code }) => code)).toEqual(errors.map(() => 'state-conflict'));
        expect(await store.read(address('guard'))).toEqual({ text: '2', etag });
      });

      it.each([
        ['over a document', async () => ({ etag: await store.write(address('race'), 'start', 'absent') })],
        ['of a new one', async () => 'absent' as const],
      ])(
        'lets one of many concurrent writers win %s, with all of its text and nothing else',
        async (how, guardOf) => {
          const guard = await guardOf();
          const at = guard === 'absent' ? address(`race-${how.length}`) : address('race');
          const texts = Array.from({ length: 4 }, (_, n) => `no. ${n}${text}`);

          const results = await Promise.allSettled(
            texts.map((own) => store.writeFrom(at, piecesOf(own, 4000), guard)),
          );

          const winner = results.findIndex(({ status }) => status === 'fulfilled');
          expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
          expect((await store.read(at))?.text === texts[winner]).toBe(true);
          for (const result of results)
            if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'state-conflict' });
        },
      );
    });

    it('has no document to open before one is written', async () => {
      expect(await store.open(catalogue('none'))).toBeUndefined();
    });

    it('lists recoveries by their ids and the tags of their last writes, each once, and nothing else', async () => {
      const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(26));
      for (const id of ids) await store.write({ kind: 'recovery', id }, id, 'absent');
      const second = { kind: 'recovery', id: 'b'.repeat(26) } as const;
      await store.write(second, 'again', { etag: (await store.read(second))?.etag ?? '' });
      await store.write({ kind: 'webhook-rate', source: 'alerts' }, '{}', 'absent');
      const found: ListedRecovery[] = [];
      let next: string | undefined;
      do {
        const page = await store.list('recovery', next);
        found.push(...page.items);
        next = page.next;
      } while (next !== undefined);

      const read = async (id: string) => (await store.read({ kind: 'recovery', id }))?.etag;
      expect(found).toEqual(await Promise.all(ids.map(async (id) => ({ id, etag: await read(id) }))));
    });

    it('lists the runs over one HSM, oldest first, and no other', async () => {
      const runs = ['20261124T020000Z-nightly', '20261125T020000Z-nightly'];
      for (const runId of runs) await store.write({ kind: 'run', hsm: 'listed', runId }, runId, 'absent');
      await store.write({ kind: 'run', hsm: 'listed-too', runId: 'x' }, 'x', 'absent');
      expect((await store.listRuns('listed')).items).toEqual(runs);
    });

    it('stops when the caller has given up', async () => {
      const signal = AbortSignal.abort();

      expect((await failureOf(store.read(catalogue('aborted'), signal))).code).toBe('aborted');
      expect((await failureOf(store.open(catalogue('aborted'), signal))).code).toBe('aborted');
      const stopping = new AbortController();
      async function* stopped(): AsyncGenerator<string> {
        yield 'begun\n';
        stopping.abort();
        yield 'x'.repeat(600_000);
      }
      const error = await failureOf(
        store.writeFrom(catalogue('aborted'), stopped(), 'absent', stopping.signal),
      );
      expect(error.code).toBe('aborted');
      expect((await failureOf(store.list('recovery', undefined, signal))).code).toBe('aborted');
      expect((await failureOf(store.write(catalogue('aborted'), '1', 'absent', signal))).code).toBe(
        'aborted',
      );
      expect(await store.read(catalogue('aborted'))).toBeUndefined();
    });
  });
}
