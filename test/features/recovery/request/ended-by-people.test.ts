/** A request that people ended before it was executed is never executed: not after a crash, nor after a roll-back. */
import { describe, expect, it } from 'vitest';
import { PUBLISHING_MS } from '../../../../src/core/events/bus.ts';
import type { RecoveryRecord } from '../../../../src/features/recovery/model/record.ts';
import { type PersonCommand, Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const REJECT: PersonCommand = { type: 'reject', by: person('bob'), reason: 'not now' };
const CANCEL: PersonCommand = { type: 'cancel', by: person('alice'), reason: 'found' };

/** Whether it is kept for good that people ended the request. */
function isKeptClosed(world: RecoveryWorld, { id }: RecoveryRecord): boolean {
  return world.once.texts.has(`claims/${id}/closed.json`);
}

/** A process that dies at its `at`-th call applies `command`. Resolves with whether it died. */
async function dies(
  world: RecoveryWorld,
  { id }: RecoveryRecord,
  command: PersonCommand,
  at: number,
  after: boolean,
): Promise<boolean> {
  const killSwitch = new KillSwitch(at, after);
  const mortal = new Recoveries(killSwitch.wrapAll(world.deps(), world.topic));
  await mortal.command(id, command).catch(() => undefined);
  return killSwitch.fired;
}

describe.each([
  ['a rejection', REJECT],
  ['a cancellation', CANCEL],
])('%s', (_name, command) => {
  it.each([
    ['before a call', false],
    ['after a call', true],
  ])('killed %s, whichever it is, is kept for good by the next pass of the timer', async (_when, after) => {
    let at = 0;
    let died = true;
    while (died) {
      at += 1;
      const world = await RecoveryWorld.withDeletedKey();
      const record = await world.ask();
      died = await dies(world, record, command, at, after);
      await world.clock.advance(PUBLISHING_MS);
      await world.reconcile();

      const isEnded = world.stored(record.id).state !== 'requested';
      expect([at, isKeptClosed(world, record)]).toEqual([at, isEnded]);
    }
    // As it is written: read, and written, kept, noted, published and struck off.
    expect(at).toBeGreaterThan(6);
  });

  it('is kept for good before anybody hears of it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.ask();
    const published = world.topic.accepted.length;
    world.once.faults.fail('write', new Error('down'));

    await expect(new Recoveries(world.deps()).command(record.id, command)).rejects.toThrow('down');
    expect(world.topic.accepted).toHaveLength(published);
    expect(world.audited).toEqual(['recovery-requested']);

    await world.clock.advance(PUBLISHING_MS);
    await world.reconcile();
    expect(isKeptClosed(world, record)).toBe(true);
    expect(world.topic.accepted).toHaveLength(published + 1);
  });
});
