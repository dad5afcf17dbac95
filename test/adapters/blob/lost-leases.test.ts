/** A lease whose taker never learned that it was given: nobody holds it, so it is given back at once. */
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { BlobLeases } from '../../../src/adapters/blob/blob-leases.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { CALL_LIMITS_MS } from '../../../src/adapters/http/call-limits.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { connectionStringOf } from '../../../src/local/azurite.ts';
import { failureOf } from '../../support/errors.ts';
import { startLossyAzurite } from '../../support/lossy-azurite.ts';
import { startPlainServer } from '../../support/plain-server.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const SECONDS = 60;
/** What the client of the storage tries. */
const TRIES = 3;

afterEach(() => void vi.useRealTimers());

/** The leases of one container, on the way on which answers get lost and on the direct one. */
async function twoWays() {
  const { access, lossy: lossyAccess, proxy, stop } = await startLossyAzurite('Blob');
  onTestFinished(stop);
  const lossy = await openContainer(lossyAccess, 'warden-state');
  const container = await openContainer(access, 'warden-state');
  return {
    proxy,
    lossy: new BlobLeases({ container: lossy, clock: systemClock }),
    direct: new BlobLeases({ container, clock: systemClock }),
  };
}

it('a lease is free at once when it was given and every answer that said so was lost', async () => {
  const { proxy, lossy, direct } = await twoWays();
  await (await direct.acquire('sweep-contoso', SECONDS)).release();
  for (let tries = 0; tries < TRIES; tries += 1) {
    proxy.loseNext(({ headers }) => headers['x-ms-lease-action'] === 'acquire');
  }

  const error = await failureOf(lossy.acquire('sweep-contoso', SECONDS));

  expect(proxy.lost).toBe(TRIES);
  expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  expect(error.message).toContain('take the lease sweep-contoso');
  await (await direct.acquire('sweep-contoso', SECONDS)).release();
});

it('a storage account that answers neither the taking nor the giving back is left a few seconds later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const taking = Promise.withResolvers<void>();
  const givingBack = Promise.withResolvers<void>();
  const blobUrl = await startPlainServer(({ headers }) => {
    if (headers['x-ms-lease-action'] === 'acquire') taking.resolve();
    if (headers['x-ms-lease-action'] === 'release') givingBack.resolve();
  });
  const access = { kind: 'connection-string', connectionString: connectionStringOf({ blobUrl }) } as const;
  const container = createBlobService(access).getContainerClient('any');
  const failed = failureOf(
    new BlobLeases({ container, clock: systemClock }).acquire('sweep-contoso', SECONDS),
  );
  await taking.promise;
  await vi.advanceTimersByTimeAsync(CALL_LIMITS_MS.storageCall);
  await givingBack.promise;

  await vi.advanceTimersByTimeAsync(5_000);

  const error = await failed;
  expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  expect(error.message).toContain('take the lease sweep-contoso');
});
