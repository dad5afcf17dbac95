/** What all Leases do, in memory or on blobs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWardenError } from '../../src/core/errors.ts';
import type { Leases } from '../../src/core/ports.ts';
import { failureOf } from '../support/errors.ts';

/** Leases to try. */
export interface LeasesWorld {
  readonly leases: Leases;
  /** Takes the lease away from its holder and lets the holder's next renewal come. */
  breakLease(name: string, seconds: number): Promise<void>;
  close?(): Promise<void>;
}

const SECONDS = 15;

/** Runs the contract of {@link Leases}. */
export function describeLeases(name: string, factory: () => Promise<LeasesWorld>): void {
  describe(`${name} keeps the contract of Leases`, () => {
    let world: LeasesWorld;
    beforeAll(async () => {
      world = await factory();
    });
    afterAll(async () => world.close?.());

    it('gives a lease to one holder only', async () => {
      const lease = await world.leases.acquire('one', SECONDS);

      expect((await failureOf(world.leases.acquire('one', SECONDS))).code).toBe('lease-held');
      expect(lease.lost.aborted).toBe(false);
      await lease.release();
    });

    it('gives one of many who ask at the same time the lease that nobody has had yet', async () => {
      const asked = await Promise.allSettled(
        Array.from({ length: 5 }, () => world.leases.acquire('rush', SECONDS)),
      );

      const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(refused).toHaveLength(4);
      expect(refused.every((error) => isWardenError(error, 'lease-held'))).toBe(true);
      for (const one of asked) if (one.status === 'fulfilled') await one.value.release();
    });

    it('gives a lease again after its release', async () => {
      await (await world.leases.acquire('again', SECONDS)).release();

      const second = await world.leases.acquire('again', SECONDS);

      expect(second.lost.aborted).toBe(false);
      await second.release();
    });

    it('gives leases of different names side by side', async () => {
      const north = await world.leases.acquire('north', SECONDS);
      const south = await world.leases.acquire('south', SECONDS);

      expect([north.lost.aborted, south.lost.aborted]).toEqual([false, false]);
      await north.release();
      await south.release();
    });

    it('tells the holder that the lease is lost, who may release it all the same', async () => {
      const lease = await world.leases.acquire('broken', SECONDS);
      const reported = new Promise((resolve) =>
        lease.lost.addEventListener('abort', resolve, { once: true }),
      );

      await world.breakLease('broken', SECONDS);
      await reported;

      expect(isWardenError(lease.lost.reason, 'lease-lost')).toBe(true);
      await lease.release();
    });

    it('does not take a lease from its next holder when the one who lost it lets go', async () => {
      const first = await world.leases.acquire('next', SECONDS);
      await world.breakLease('next', SECONDS);
      const second = await world.leases.acquire('next', SECONDS);

      await first.release();

      expect((await failureOf(world.leases.acquire('next', SECONDS))).code).toBe('lease-held');
      await second.release();
    });
  });
}
