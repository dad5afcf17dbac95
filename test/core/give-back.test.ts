import { expect, it } from 'vitest';
import { giveBack } from '../../src/core/give-back.ts';
import { ManualClock } from '../support/memory/manual-clock.ts';
import { MemoryLeases } from '../support/memory/memory-leases.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { fault } from '../support/sweep-world.ts';

it('a lease is given back, and nothing is said of it', async () => {
  const leases = new MemoryLeases(new ManualClock({ now: 0 }));
  const logger = new RecordingLogger();

  await giveBack(await leases.acquire('hsm-contoso', 60), logger, { hsm: 'contoso' });

  expect(leases.isHeld('hsm-contoso')).toBe(false);
  expect(logger.lines).toEqual([]);
});

it('a lease that cannot be given back is logged, and fails nothing', async () => {
  const leases = new MemoryLeases(new ManualClock({ now: 0 }));
  const logger = new RecordingLogger();
  const error = fault('storage-unavailable');
  leases.faults.fail('release', error);

  await giveBack(await leases.acquire('hsm-contoso', 60), logger, { hsm: 'contoso' });

  expect(logger.lines).toMatchObject([{ level: 'warn', fields: { hsm: 'contoso', error } }]);
});
