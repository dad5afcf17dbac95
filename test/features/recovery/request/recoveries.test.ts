/** The use cases of people: ask, approve, reject, cancel, list; every refusal in the audit log; nothing lost in a race. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import type { CloudEvent } from '../../../../src/core/events/cloud-event.ts';
import { RECOVERY_EVENTS } from '../../../../src/features/recovery/model/events.ts';
import { RECOVERIES } from '../../../../src/features/recovery/model/message.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { HOUR_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const BODY = { hsm: 'contoso', key: 'orders', action: 'auto', reason: 'deleted by mistake' } as const;

async function deleted(): Promise<RecoveryWorld> {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  return world;
}

/** The fact that an event reports, as the audit log calls it. */
function factOf({ type }: CloudEvent): string | undefined {
  return RECOVERY_EVENTS.find((definition) => definition.type === type)?.kind;
}

describe('opening a request', () => {
  it('stores it, audits it and tells the world, with a link', async () => {
    const world = await deleted();
    const record = await world.ask();

    expect(world.stored(record.id)).toMatchObject({ state: 'requested', untold: [] });
    expect(world.audited).toEqual(['recovery-requested']);
    expect(world.topic.accepted).toMatchObject([
      {
        type: 'HsmWarden.RecoveryRequested',
        data: { link: `https://warden.test/recoveries/${record.id}` },
      },
    ]);
  });

  it('changes nothing but the audit log when pre-flight refuses', async () => {
    const world = await RecoveryWorld.withBackup();

    await expect(world.ask()).rejects.toMatchObject({ code: 'key-active' });
    expect(world.requests).toBe(0);
    expect(world.audited).toEqual(['recovery-refused']);
  });

  it('gives the same request for the same idempotency key, also at the same time, and refuses it for another body', async () => {
    const world = await deleted();
    const open = (body: typeof BODY, who = 'alice') =>
      new Recoveries(world.deps()).open(person(who), body, 'key-1');

    const answers = await Promise.all([open(BODY), open(BODY), open(BODY)]);
    const later = await open(BODY);

    expect(new Set([...answers, later].map(({ record }) => record.id)).size).toBe(1);
    const other: typeof BODY = Object.assign({ ...BODY }, { reason: 'another' });
    await expect(open(other)).rejects.toMatchObject({ code: 'idempotency-conflict' });
    expect((await open(BODY, 'bob')).record.id).not.toBe(later.record.id);
  });

  it('is not stored while the audit log is down, and is noted and stored when it is repeated', async () => {
    const world = await deleted();
    world.auditStore.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }));
    await expect(world.ask()).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(world.requests).toBe(0);

    await world.ask();

    expect(world.requests).toBe(1);
    expect(world.audited).toEqual(['recovery-requested']);
  });
});

describe('while the topic is down', () => {
  const DOWN = new WardenError('topic-unreachable', { message: 'down' });

  it('a key comes back all the same, audited once, and every event is published afterwards in order', async () => {
    const world = await deleted();
    let isDown = true;
    const act = () => {
      if (isDown) throw DOWN;
    };
    world.topic.faults.plant({ operation: 'accept', times: 1_000, act });
    const record = await world.approved();
    await world.clock.advance(60_000);

    expect(await world.deliver(record.id)).toBe('ended');
    await world.clock.advance(60_000);
    const { record: seen, etag } = await new Recoveries(world.deps()).get(record.id);
    expect(seen.state).toBe('succeeded');
    expect((await new Recoveries(world.deps()).get(record.id)).etag).toBe(etag);
    expect(world.topic.accepted).toEqual([]);

    isDown = false;
    await world.reconcile();
    expect(world.topic.accepted.map(factOf)).toEqual(world.audited);
    expect(world.audited).toHaveLength(6);
    expect(world.stored(record.id).untold).toEqual([]);
  });

  it.each(['accept', 'answer'] as const)(
    'an event that is published again after a lost %s says how the request stood when its fact came to be',
    async (operation) => {
      const world = await deleted();
      world.topic.faults.fail(operation, DOWN, { times: 1_000 });
      const record = await world.ask();
      await world.approve(record, 'bob');
      await world.approve(record, 'carol');
      await world.clock.advance(60_000);
      world.topic.faults.clear();
      await world.reconcile();

      const said = [...new Map(world.topic.accepted.map((event) => [event.id, event])).values()];
      const [bob, carol] = ['bob', 'carol'].map((id) => ({ id: person(id).id }));
      expect(said).toMatchObject([
        { type: 'HsmWarden.RecoveryRequested', data: { missingApprovals: 2, approvedBy: [] } },
        { type: 'HsmWarden.RecoveryApprovalGiven', data: { missingApprovals: 1, approvedBy: [bob] } },
        { type: 'HsmWarden.RecoveryApprovalGiven', data: { missingApprovals: 0, approvedBy: [bob, carol] } },
        { type: 'HsmWarden.RecoveryApproved', data: { missingApprovals: 0, approvedBy: [bob, carol] } },
      ]);
    },
  );

  it('goes on trying to tell what is over', async () => {
    const world = await deleted();
    const record = await world.ask();
    world.topic.faults.fail('accept', DOWN, { times: 1 });
    const cancel = { type: 'cancel', by: person('alice'), reason: 'found it' } as const;
    await new Recoveries(world.deps()).command(record.id, cancel);
    const run = () => world.reconcile();
    await run();
    await world.clock.advance(60_000);
    await run();

    expect(world.topic.accepted.map(factOf)).toEqual(['recovery-requested', 'recovery-cancelled']);
  });
});

describe('deciding', () => {
  it('loses no approval of many together', async () => {
    const world = await deleted();
    world.policy = { ...world.policy, approvals: 10 };
    const record = await world.ask();

    await Promise.all(Array.from({ length: 10 }, (_, n) => world.approve(record, `person-${n}`)));

    expect(world.stored(record.id)).toMatchObject({ state: 'approved' });
    expect(world.stored(record.id).approvals).toHaveLength(10);
  });

  it('executes once under two hundred concurrent approvals and deliveries', async () => {
    const world = await deleted();
    const record = await world.ask();

    const all = Array.from({ length: 200 }, (_, n) =>
      n % 2 === 0 ? world.approve(record, `person-${n}`) : world.deliver(record.id),
    );
    await Promise.allSettled(all);
    await world.deliver(record.id);

    expect(world.stored(record.id).state).toBe('succeeded');
    expect(world.hsm.calls.filter((call) => call === 'recoverKey orders')).toHaveLength(1);
  });

  it('refuses a command for an older version of the request', async () => {
    const world = await deleted();
    const record = await world.ask();
    const recoveries = new Recoveries(world.deps());
    const { etag } = await recoveries.get(record.id);
    await world.approve(record, 'bob');

    const reject = recoveries.command(record.id, { type: 'reject', by: person('dave'), reason: 'no' }, [
      etag,
    ]);

    await expect(reject).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  it.each([
    { name: 'the requester', who: 'alice', code: 'own-request' },
    { name: 'the same person again', who: 'bob', code: 'approved-already' },
  ])('audits the refusal of an approval by $name', async ({ who, code }) => {
    const world = await deleted();
    const record = await world.ask();
    await world.approve(record, 'bob');

    await expect(world.approve(record, who)).rejects.toMatchObject({ code });
    expect(world.auditStore.lines.at(-1)).toContain(`"code":"${code}"`);
  });

  it('refuses everything while the gate is disarmed', async () => {
    const world = await deleted();
    const record = await world.ask();
    world.proofs.identity = async () => 'off';

    await expect(world.ask()).rejects.toMatchObject({ code: 'gate-disarmed' });
    await expect(world.approve(record, 'bob')).rejects.toMatchObject({ code: 'gate-disarmed' });
    expect(world.stored(record.id).approvals).toEqual([]);
  });

  it('lets a request expire when somebody comes too late', async () => {
    const world = await deleted();
    const record = await world.ask();
    await world.clock.advance(24 * HOUR_MS);

    await expect(world.approve(record, 'bob')).rejects.toMatchObject({ code: 'recovery-expired' });
    expect(world.stored(record.id).state).toBe('expired');
  });

  it('says that there is no such request', async () => {
    const world = await deleted();

    await expect(new Recoveries(world.deps()).get('z'.repeat(26))).rejects.toMatchObject({
      code: 'recovery-unknown',
    });
  });
});

describe('listing and reconciling', () => {
  it('lists newest first, a page at a time, by state, HSM and key', async () => {
    const world = await deleted();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.unshift((await world.ask()).id);
      await world.clock.advance(1_000);
    }
    const first = await world.list({ limit: 3 });
    const second = await world.list({ limit: 3, ...(first.next && { next: first.next }) });

    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeUndefined();
    expect((await world.list({ limit: 9, state: 'approved' })).items).toEqual([]);
    expect((await world.list({ limit: 9, key: 'ORDERS', hsm: 'contoso' })).items).toHaveLength(5);
    expect((await world.list({ limit: 9, key: 'other' })).items).toEqual([]);
  });

  it('sends again what was approved when the message was lost', async () => {
    const world = await deleted();
    const record = await world.approved();
    while (world.queue.take(RECOVERIES) !== undefined);

    await world.reconcile();

    expect(world.queue.take(RECOVERIES)).toEqual({ kind: 'recovery', id: record.id });
    await world.deliver(record.id);
    const looks = [0, 0];
    for (const n of [0, 1]) looks[n] = await world.reconcile();
    expect(looks).toEqual([1, 0]);
  });
});
