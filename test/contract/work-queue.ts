/** What every WorkQueue does, in memory or in Azure Storage. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WorkQueue } from '../../src/core/ports.ts';
import type { Queue } from '../../src/core/queue.ts';
import { failureOf } from '../support/errors.ts';

/** A queue to try. */
export interface WorkQueueWorld {
  readonly queue: WorkQueue;
  /** Takes the next visible message as the Functions host reads it; undefined when there is none. */
  take(queue: Pick<Queue, 'name'>): Promise<unknown>;
  close?(): Promise<void>;
}

/** Two of the product's queues, holding anything. */
const SWEEPS: Queue<unknown> = { name: 'hsm-sweeps', schema: z.unknown(), holds: 'anything' };
const KEY_BACKUPS: Queue<unknown> = { name: 'key-backups', schema: z.unknown(), holds: 'anything' };

/** The most that fits: 64 KiB as base64 are 48 KiB of JSON, two of which are quotation marks. */
const LARGEST = 'x'.repeat(48 * 1024 - 2);

/** Runs the contract of {@link WorkQueue}. */
export function describeWorkQueue(name: string, factory: () => Promise<WorkQueueWorld>): void {
  describe(`${name} keeps the contract of a WorkQueue`, () => {
    let world: WorkQueueWorld;
    beforeAll(async () => {
      world = await factory();
    });
    afterAll(async () => world.close?.());

    it('delivers a message as it was sent', async () => {
      const message = { hsm: 'contoso', note: 'Zoë ✓', keys: ['a', 'b'], at: 1_767_225_600_000 };

      await world.queue.send(SWEEPS, message);

      expect(await world.take(SWEEPS)).toEqual(message);
    });

    it('delivers to the queue that was named', async () => {
      await world.queue.send(KEY_BACKUPS, { to: 'key-backups' });
      await world.queue.send(SWEEPS, { to: 'hsm-sweeps' });

      expect(await world.take(SWEEPS)).toEqual({ to: 'hsm-sweeps' });
      expect(await world.take(KEY_BACKUPS)).toEqual({ to: 'key-backups' });
    });

    it('holds a delayed message back', async () => {
      await world.queue.send(KEY_BACKUPS, 'later', 600);

      expect(await world.take(KEY_BACKUPS)).toBeUndefined();
    });

    it('takes a message of the largest size', async () => {
      await world.queue.send(SWEEPS, LARGEST);

      expect(await world.take(SWEEPS)).toBe(LARGEST);
    });

    it('refuses a message one byte above the largest size', async () => {
      const error = await failureOf(world.queue.send(SWEEPS, `${LARGEST}x`));

      expect(error.code).toBe('message-invalid');
    });
  });
}
