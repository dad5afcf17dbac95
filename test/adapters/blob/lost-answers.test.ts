/** A write that was done but never answered is repeated by the client of the storage: it must not take itself for somebody else. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { DocumentAddress, DocumentStore } from '../../../src/core/documents/document-store.ts';

import { failureOf } from '../../support/errors.ts';
import { type LossyAzurite, startLossyAzurite } from '../../support/lossy-azurite.ts';
import { piecesOf } from '../../support/memory/pieces.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const MEGABYTES = 'a line of a catalogue\n'.repeat(60_000);

describe('a state document whose write was answered into the void', () => {
  let azurite: LossyAzurite;
  let store: DocumentStore;
  let direct: DocumentStore;
  beforeAll(async () => {
    azurite = await startLossyAzurite('Blob');
    const { access, lossy } = azurite;
    const container = await openContainer(lossy, 'warden-state');
    store = new BlobDocumentStore({ container, clock: systemClock });
    direct = new BlobDocumentStore({
      container: await openContainer(access, 'warden-state'),
      clock: systemClock,
    });
  });
  afterAll(() => azurite.stop());

  const sizes = [
    ['a short one', '{}', (url: string) => !url.includes('comp=')],
    ['one of megabytes', MEGABYTES, (url: string) => url.includes('comp=blocklist')],
  ] as const;

  it.each(sizes)('is known as its own: %s', async (name, text, isLast) => {
    const address: DocumentAddress = { kind: 'catalogue', hsm: `own-${name.length}` };
    const first = await store.write(address, 'before', 'absent');
    const lostBefore = azurite.proxy.lost;
    azurite.proxy.loseNext(({ method, url = '' }) => method === 'PUT' && isLast(url));

    const etag = await store.writeFrom(address, piecesOf(text, 22), { etag: first });

    expect(azurite.proxy.lost).toBe(lostBefore + 1);
    expect(etag).not.toBe(first);
    expect(await direct.read(address)).toEqual({ text, etag });
  });

  it.each(sizes)('is known as its own when there was no document before: %s', async (name, text, isLast) => {
    const address: DocumentAddress = { kind: 'catalogue', hsm: `new-${name.length}` };
    const lostBefore = azurite.proxy.lost;
    azurite.proxy.loseNext(({ method, url = '' }) => method === 'PUT' && isLast(url));

    const etag = await store.writeFrom(address, piecesOf(text, 22), 'absent');

    expect(azurite.proxy.lost).toBe(lostBefore + 1);
    expect(await direct.read(address)).toEqual({ text, etag });
  });

  it('is known as its own: the record of a recovery', async () => {
    const address = { kind: 'recovery', id: '0123456789abcdefghjkmnpqrs' } as const;
    const lostBefore = azurite.proxy.lost;
    azurite.proxy.loseNext(({ method }) => method === 'PUT');

    const etag = await store.write(address, '{}', 'absent');

    expect(azurite.proxy.lost).toBe(lostBefore + 1);
    expect(await store.read(address)).toEqual({ text: '{}', etag });
  });

  it('is whole when the answer to one of its pieces was lost', async () => {
    const address: DocumentAddress = { kind: 'catalogue', hsm: 'piece' };
    const lostBefore = azurite.proxy.lost;
    azurite.proxy.loseNext(({ method, url = '' }) => method === 'PUT' && url.includes('comp=block&'));

    const etag = await store.writeFrom(address, piecesOf(MEGABYTES, 22), 'absent');

    expect(azurite.proxy.lost).toBe(lostBefore + 1);
    expect(await direct.read(address)).toEqual({ text: MEGABYTES, etag });
  });

  it('is known as its own although every try was answered into the void', async () => {
    const address: DocumentAddress = { kind: 'catalogue', hsm: 'all-tries' };
    const first = await store.write(address, 'before', 'absent');
    const lostBefore = azurite.proxy.lost;
    for (let tries = 0; tries < 3; tries += 1) azurite.proxy.loseNext(({ method }) => method === 'PUT');

    const etag = await store.write(address, 'after', { etag: first });

    expect(azurite.proxy.lost).toBe(lostBefore + 3);
    expect(await direct.read(address)).toEqual({ text: 'after', etag });
  });

  it.each(sizes)('is a conflict when somebody else wrote since: %s', async (name, text, isLast) => {
    const address: DocumentAddress = { kind: 'catalogue', hsm: `other-${name.length}` };
    const first = await store.write(address, 'before', 'absent');
    const lostBefore = azurite.proxy.lost;
    let theirs = '';
    // Done, but the answer is lost; and before the client repeats it, another goes on from what was written.
    azurite.proxy.loseNext(
      ({ method, url = '' }) => method === 'PUT' && isLast(url),
      async () => {
        const ours = await direct.read(address);
        theirs = await direct.write(address, 'theirs', { etag: ours?.etag ?? '' });
      },
    );

    const error = await failureOf(store.writeFrom(address, piecesOf(text, 22), { etag: first }));

    expect(azurite.proxy.lost).toBe(lostBefore + 1);
    expect(error.code).toBe('state-conflict');
    expect(await direct.read(address)).toEqual({ text: 'theirs', etag: theirs });
  });
});
