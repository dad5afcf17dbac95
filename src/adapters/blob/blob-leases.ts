/** Leases on empty blobs. */
import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock, Lease, Leases } from '../../core/ports.ts';
import { CALL_LIMITS_MS, inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { holdLease } from './hold-lease.ts';
import { leaseBlobName } from './layout.ts';

/** https://learn.microsoft.com/rest/api/storageservices/lease-blob#outcomes-of-lease-operations-on-blobs-by-lease-state */
const ACQUIRE_MEANINGS = {
  BlobNotFound: 'blob-missing',
  LeaseAlreadyPresent: 'lease-held',
  LeaseIsBreakingAndCannotBeAcquired: 'lease-held',
} as const;
const RENEW_MEANINGS = {
  BlobNotFound: 'lease-lost',
  LeaseIdMismatchWithLeaseOperation: 'lease-lost',
  LeaseIsBreakingAndCannotBeChanged: 'lease-lost',
  LeaseIsBrokenAndCannotBeRenewed: 'lease-lost',
  LeaseLost: 'lease-lost',
  LeaseNotPresentWithLeaseOperation: 'lease-lost',
} as const;

/** A lease that nobody knows of lapses: longer than this nobody waits for giving it back. Milliseconds. */
const GIVE_BACK_LIMIT_MS = 5_000;

/** {@link Leases} in a container; the blob of a lease is made when it is first taken. */
export class BlobLeases implements Leases {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async acquire(name: string, seconds: number): Promise<Lease> {
    const client = this.#container.getBlobClient(leaseBlobName(name)).getBlobLeaseClient();
    const startedAt = this.#clock.now();
    try {
      await this.#acquire(client, name, seconds);
    } catch (error) {
      if (!isWardenError(error, 'blob-missing')) throw error;
      await this.#createBlob(name);
      await this.#acquire(client, name, seconds);
    }
    return holdLease({
      name,
      seconds,
      startedAt,
      clock: this.#clock,
      renew: (signal) => this.#renew(client, name, signal),
      giveBack: () => this.#release(client, name),
    });
  }

  /** Repeated by the SDK with the same lease id, a lost answer does not lock us out of our own lease. */
  async #acquire(client: BlobLeaseClient, name: string, seconds: number): Promise<void> {
    try {
      await inTime(undefined, (abortSignal) => client.acquireLease(seconds, { abortSignal }));
    } catch (error) {
      const call = { what: `take the lease ${name}`, meanings: ACQUIRE_MEANINGS };
      const failure = translateStorageError(error, call, this.#clock.now());
      // It may have been given, and only the answer was lost: then it would be held by nobody until it lapses.
      if (failure.transient && failure.code !== 'lease-held')
        await this.#release(client, name, GIVE_BACK_LIMIT_MS).catch(() => undefined);
      throw failure;
    }
  }

  async #createBlob(name: string): Promise<void> {
    // Another worker may have made it, and even leased it, in the meantime.
    const meanings = { BlobAlreadyExists: 'blob-exists', LeaseIdMissing: 'blob-exists' } as const;
    try {
      const blob = this.#container.getBlockBlobClient(leaseBlobName(name));
      await inTime(undefined, (abortSignal) =>
        blob.upload('', 0, { conditions: { ifNoneMatch: '*' }, abortSignal }),
      );
    } catch (error) {
      const translated = translateStorageError(
        error,
        { what: `make the lease ${name}`, meanings },
        this.#clock.now(),
      );
      if (!isWardenError(translated, 'blob-exists')) throw translated;
    }
  }

  async #renew(client: BlobLeaseClient, name: string, signal: AbortSignal): Promise<void> {
    try {
      requireStorage(await client.renewLease({ abortSignal: signal }), leaseBlobName(name));
    } catch (error) {
      const call = { what: `prolong the lease ${name}`, signal, meanings: RENEW_MEANINGS };
      throw translateStorageError(error, call, this.#clock.now());
    }
  }

  async #release(
    client: BlobLeaseClient,
    name: string,
    limitMs: number = CALL_LIMITS_MS.storageCall,
  ): Promise<void> {
    try {
      const answer = await inTime(undefined, (abortSignal) => client.releaseLease({ abortSignal }), limitMs);
      requireStorage(answer, leaseBlobName(name));
    } catch (error) {
      const call = { what: `release the lease ${name}`, meanings: RENEW_MEANINGS };
      const translated = translateStorageError(error, call, this.#clock.now());
      if (translated instanceof WardenError && translated.code !== 'lease-lost') throw translated;
    }
  }
}
