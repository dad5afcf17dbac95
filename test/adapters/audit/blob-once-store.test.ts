/** Write-once texts on real blobs, and on an account that keeps versions. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobOnceStore } from '../../../src/adapters/audit/blob-once-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { describeOnceStore } from '../../contract/once-store.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';
import { startVersionedBlobs } from '../../support/versioned-blobs.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

describeOnceStore('on blobs', async () => {
  const container = createBlobService(azurite.access).getContainerClient(
    `c${randomBytes(6).toString('hex')}`,
  );
  await container.create();
  return new BlobOnceStore({ container, clock: systemClock });
});

describe('in an account that keeps versions', () => {
  let blobs: Awaited<ReturnType<typeof startVersionedBlobs>>;
  beforeAll(async () => {
    blobs = await startVersionedBlobs();
  });
  afterAll(() => blobs.close());

  it('what was removed stays written, and its name stays taken', async () => {
    const store = new BlobOnceStore({ container: blobs.container, clock: systemClock });
    await store.write('claims/a', 'first');
    await blobs.container.deleteBlob('claims/a');

    expect(await store.write('claims/a', 'second')).toBe(false);
    expect(await store.read('claims/a')).toBe('first');
    expect(await store.list('claims/')).toEqual(['claims/a']);
  });

  it('what was written over is what was written first', async () => {
    const store = new BlobOnceStore({ container: blobs.container, clock: systemClock });
    await store.write('claims/b', 'first');
    await blobs.container.getBlockBlobClient('claims/b').upload('mine now', 8);

    expect(await store.read('claims/b')).toBe('first');
  });
});
