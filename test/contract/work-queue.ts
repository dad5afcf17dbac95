/** What every WorkQueue does, in memory or in Azure Storage. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueName, WorkQueue } from '../../src/core/ports.ts';
import { failureOf } from '../support/errors.ts';

/** A queue to try. */
export interface WorkQueueWorld {
  readonly queue: WorkQueue;
  /** Takes the next visible message as the Functions host reads it; undefined when there is none. */
  take(queue: QueueName): Promise<unknown>;
  close?(): Promise<void>;
}

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

      await world.queue.send('hsm-sweeps', message);

      expect(await world.take('hsm-sweeps')).toEqual(message);
    });

    it('delivers to the queue that was named', async () => {
      await world.queue.send('key-backups', { to: 'key-backups' });
      await world.queue.send('hsm-sweeps', { to: 'hsm-sweeps' });

      expect(await world.take('hsm-sweeps')).toEqual({ to: 'hsm-sweeps' });
      expect(await world.take('key-backups')).toEqual({ to: 'key-backups' });
    });

    it('holds a delayed message back', async () => {
      await world.queue.send('key-backups', 'later', 600);

      expect(await world.take('key-backups')).toBeUndefined();
    });

    it('takes a message of the largest size', async () => {
      await world.queue.send('hsm-sweeps', LARGEST);

      expect(await world.take('hsm-sweeps')).toBe(LARGEST);
    });

    it('refuses a message one byte above the largest size', async () => {
      const error = await failureOf(world.queue.send('hsm-sweeps', `${LARGEST}x`));

      expect(error.code).toBe('message-invalid');
    });
  });
}
