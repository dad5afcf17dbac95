/** A request whose execution waits says what for, since when, and until when. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { executionOf } from '../../../../src/features/recovery/model/execution.ts';
import { RECOVERIES } from '../../../../src/features/recovery/model/message.ts';
import { viewOf } from '../../../../src/features/recovery/model/view.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const SILENT = new WardenError('hsm-unreachable', { message: 'HSM contoso does not answer.' });
const SECOND = 1000;

let world: RecoveryWorld;
beforeEach(async () => {
  world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
});

function silence(): void {
  world.hsm.faults.fail('recoverKey', SILENT, { times: 100 });
}

const stored = (id: string) => executionOf(world.stored(id));

describe('an execution', () => {
  it('on a silent HSM says what the last attempt met, since when, and when the next one begins', async () => {
    silence();
    const { id } = await world.approved();
    expect(stored(id)).toBeUndefined();
    await world.deliver(id);
    const since = new Date(world.clock.now()).toISOString();
    const nextAt = (): string => new Date(world.clock.now() + 30 * SECOND).toISOString();
    const waitsFor = { code: 'hsm-unreachable', message: 'HSM contoso does not answer.', since };
    expect(stored(id)).toEqual({ attempt: 2, attempts: 5, until: nextAt(), isRunning: false, waitsFor });

    await world.clock.advance(30 * SECOND);
    await world.deliver(id);
    expect(stored(id)).toMatchObject({ attempt: 3, until: nextAt(), isRunning: false, waitsFor: { since } });
  });

  it('says nothing of that any more once it has ended', async () => {
    silence();
    const record = await world.approved();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await world.deliver(record.id);
      await world.clock.advance(30 * SECOND);
    }
    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'hsm-unreachable' } });
    expect(world.stored(record.id).waitsFor).toBeUndefined();
    expect(viewOf(world.stored(record.id), record.rule).execution).toBeUndefined();
  });

  it('that a worker holds may take until its claim ends', async () => {
    const record = await world.approved();
    const until = world.clock.now() + 60 * SECOND;
    const held = { ...record, state: 'executing' as const, claim: { worker: 'w', until } };
    expect(executionOf(held)).toEqual({
      ...{ attempt: 1, attempts: 5, until: new Date(until).toISOString(), isRunning: true },
    });
  });

  it('that cannot begin while nothing can be sealed says so', async () => {
    const { id } = await world.approved();
    const deps = world.deps();
    const requireSealing = async () => {
      throw new WardenError('seal-unavailable', { message: 'The sealing key cannot be used.' });
    };
    await world.deliver(id, { ...deps, audit: Object.assign(deps.audit, { requireSealing }) });
    expect(world.stored(id).state).toBe('approved');
    expect(stored(id)).toMatchObject({
      ...{ attempt: 1, isRunning: false },
      waitsFor: { code: 'seal-unavailable', message: 'The sealing key cannot be used.' },
    });
  });
});

describe('the message of a request that cannot be begun', () => {
  function unsealed() {
    const deps = world.deps();
    const requireSealing = async () => {
      throw new WardenError('seal-unavailable', { message: 'The sealing key cannot be used.' });
    };
    return { ...deps, audit: Object.assign(deps.audit, { requireSealing }) };
  }
  /** Takes what can be seen in the queue, as its workers do. */
  function takeAll(): number {
    let taken = 0;
    while (world.queue.take(RECOVERIES) !== undefined) taken += 1;
    return taken;
  }

  it('is put back once, however many copies of it there are', async () => {
    const { id } = await world.approved();
    takeAll();
    for (let copies = 3; copies > 0; copies -= 1) await world.deliver(id, unsealed());

    expect(world.queue.waiting).toHaveLength(1);
    await world.clock.advance(60 * SECOND);
    expect(takeAll()).toBe(1);
    for (let copies = 2; copies > 0; copies -= 1) await world.deliver(id, unsealed());
    expect(world.queue.waiting).toHaveLength(1);
  });

  it('gets no companion from the reconcile timer while it is to come, and a successor when it was lost', async () => {
    const { id } = await world.approved();
    takeAll();
    await world.deliver(id, unsealed());
    await world.reconcile();
    expect(world.queue.waiting).toHaveLength(1);

    await world.clock.advance(60 * SECOND);
    takeAll();
    await world.reconcile();
    expect(takeAll()).toBe(1);
  });

  it('is sent again by the timer when the store says that one comes in a year', async () => {
    const { id } = await world.approved();
    takeAll();
    await world.deliver(id, unsealed());
    world.queue.waiting.splice(0);
    const nextAt = world.clock.now() + 365 * 86_400 * SECOND;
    world.change(id, (record) => ({
      ...record,
      waitsFor: { code: 'seal-unavailable', message: 'x', since: world.clock.now(), nextAt },
    }));

    await world.reconcile();

    expect(takeAll()).toBe(1);
  });
});
