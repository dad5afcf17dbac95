/** The HTTP API over loopback while the gate is disarmed, and armed again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { failureOf } from '../support/errors.ts';
import { MemoryDeadLetters } from '../support/memory/memory-dead-letters.ts';
import { ASK, codeOf } from '../support/recovery-answers.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { slot } from './apps/slot.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(async () => {
  const world = await served.replace();
  world.hsm.deleteKey('orders');
});

describe('the gate', () => {
  it('shuts every endpoint while it is disarmed, and health says why to those who may know', async () => {
    const world = await served.replace();
    world.proofs.audit = async () => 'the audit log was cut off';
    await served.world.clock.advance(60_000);

    const ask = await served.send('alice', 'POST', 'recoveries', ASK);
    const list = await served.send('alice', 'GET', 'recoveries');
    const keys = await served.send('alice', 'GET', 'keys?hsm=contoso');
    const anyone = await served.send(undefined, 'GET', 'health');
    const dave = await served.send('dave', 'GET', 'health');

    for (const answer of [ask, list, keys])
      expect(await codeOf(answer)).toEqual({ status: 503, code: 'gate-disarmed' });
    expect([anyone.status, await anyone.json()]).toEqual([503, { status: 'disarmed', override: false }]);
    expect(await dave.json()).toMatchObject({ problems: ['audit: the audit log was cut off'] });
  });

  it('lets messages that failed for good be reported whatever else the timer meets', async () => {
    const deadLetters = new MemoryDeadLetters();
    const world = await served.replace({ deadLetters });
    deadLetters.letters.push({ queue: 'recoveries', id: '1', setAsideAt: world.clock.now(), message: {} });
    world.store.faults.fail('list', new WardenError('storage-unavailable', { message: 'planted' }));
    const app = slot.appFor(console);

    expect((await failureOf(app.reconcile())).message).toBe('planted');
    expect(world.topic.accepted.map(({ type }) => type)).toContain('HsmWarden.MessagePoisoned');
  });

  it('is armed in health when all is proven', async () => {
    const answer = await served.send(undefined, 'GET', 'health');

    expect([answer.status, await answer.json()]).toEqual([200, { status: 'armed', override: false }]);
  });
});
