import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { readMessage } from '../../../src/core/queue.ts';
import { SWEEPS } from '../../../src/features/backup/queues.ts';
import type { SweepDeps } from '../../../src/features/backup/sweep-context.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

describe('a sweep that dies at any step', () => {
  test.prop(
    [
      fc.integer({ min: 1, max: 130 }),
      fc.integer({ min: 1, max: 130 }),
      fc.constantFrom(0, 30_000),
      fc.integer({ min: 0, max: 3 }),
    ],
    { numRuns: 400 },
  )(
    'converges when its message is delivered again, also where parts end before their first key: one good backup a key, one count a key',
    async (firstDeath, secondDeath, checkpointMs, shortParts) => {
      const world = await SweepWorld.withKeys(12);

      for (const death of [firstDeath, secondDeath]) {
        await dieAfter(world, death, checkpointMs);
        await world.clock.advance(61_000);
      }
      let message = world.message;
      for (let part = 0; part < shortParts; part += 1) {
        await world.sweep({ checkpointMs, budgetMs: 0 }, message);
        const next = world.queue.take(SWEEPS);
        if (next !== undefined) message = readMessage(SWEEPS, next);
      }
      await world.sweep({ checkpointMs }, message);
      await world.sweepToTheEnd({ checkpointMs });

      expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { keys: 12, backedUp: 12 } });
      expect([...world.backupsPerKey().values()]).toEqual(Array.from({ length: 12 }, () => 1));
      const catalogue = await readCatalogue(world.state, 'contoso');
      expect(
        Object.values(catalogue.keys)
          .map(({ blob }) => blob)
          .sort(),
      ).toEqual(world.backups.blobs);
    },
  );
});

/** Runs a part whose process dies at its `steps`-th call of any port: from then on no call does anything. */
async function dieAfter(world: SweepWorld, steps: number, checkpointMs: number): Promise<void> {
  let left = steps;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          left -= 1;
          if (left <= 0) throw new Error('the process is dead');
          return Reflect.apply(member, target, args);
        };
      },
    });
  const { deps } = world;
  const dying: SweepDeps = {
    ...deps,
    keys: mortal(deps.keys),
    backups: mortal(deps.backups),
    state: mortal(deps.state),
    queue: mortal(deps.queue),
    leases: {
      acquire: async (name, seconds) => {
        const { lost } = await deps.leases.acquire(name, seconds);
        return { lost, release: async () => undefined };
      },
    },
  };
  await world.sweep({ checkpointMs }, world.message, dying).catch(() => undefined);
  world.leases.abandon('hsm-contoso');
}
