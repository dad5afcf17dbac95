/** Keys that the HSM says came back: silent for what was approved and claimed, loud for everything else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EventBus } from '../../../src/core/events/bus.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { handleAuditBatch } from '../../../src/features/audit-feed/handle-batch.ts';
import { breakGlassEvent } from '../../../src/features/recovery/model/break-glass.ts';
import { requestDigest } from '../../../src/features/recovery/model/digest.ts';
import { aRecord } from '../../support/audit-record.ts';
import { failureOf } from '../../support/errors.ts';
import { DAY_MS, HOUR_MS, person } from '../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../support/recovery-world.ts';

const APP = '11111111-2222-4333-8444-555555555555';
const MINUTE_MS = 60_000;
const TYPE = 'HsmWarden.KeyBroughtBackUnapproved';

let world: RecoveryWorld;
let recoveryPrincipal: string | undefined;
/** HSMs that were scanned. */
let scanned: string[];

beforeEach(async () => {
  world = await RecoveryWorld.withDeletedKey();
  recoveryPrincipal = APP;
  scanned = [];
});

/** What the HSM writes of a recovery by `objectId`, at the world's time. */
function recovered(change: Record<string, unknown> = {}, objectId = APP, key = 'orders') {
  return aRecord(
    {
      operationName: 'KeyRecover',
      time: new Date(world.clock.now()).toISOString(),
      identity: JSON.stringify({
        claim: {
          appid: 'a',
          http_schemas_microsoft_com_identity: { claims: { objectidentifier: objectId } },
        },
      }),
      ...change,
    },
    `/deletedkeys/${key}/recover`,
  );
}

function restored(change: Record<string, unknown> = {}, objectId = APP) {
  return {
    ...recovered({ operationName: 'KeyRestore', ...change }, objectId),
    requestUri: 'https://contoso.managedhsm.azure.net/keys/restore',
  };
}

function feed(records: readonly unknown[]) {
  const { store: state, queue, clock, logger, auditStore, anchor, once, decisions } = world;
  return handleAuditBatch(
    {
      hsms: [
        { name: 'contoso', url: 'https://contoso.managedhsm.azure.net' },
        { name: 'contoso-dr', url: 'https://contoso-dr.managedhsm.azure.net' },
      ],
      selection: EVERY_KEY,
      keysOf: world.keysOf,
      scan: async (hsm) => {
        scanned.push(hsm);
        return { catalogue: { format: 1, hsm, keys: {} }, isUnjudged: false };
      },
      bus: new EventBus([world.topic], clock),
      signal: new AbortController().signal,
      ...{ state, queue, clock, logger, auditStore, anchor, once, decisions },
      ...(recoveryPrincipal === undefined ? {} : { recoveryPrincipal }),
    },
    records,
  );
}

const events = () => world.topic.accepted.filter(({ type }) => type === TYPE).map(({ data }) => data);

async function executed(): Promise<string> {
  const { id } = await world.approved();
  await world.deliver(id);
  expect(world.stored(id).state).toBe('succeeded');
  return id;
}

describe('a key that came back', () => {
  it('by an approved recovery of the app is nothing to report, however late the record comes', async () => {
    await executed();
    const record = recovered();
    expect(await feed([record])).toMatchObject({ unapproved: 0 });
    await world.clock.advance(DAY_MS);

    expect(await feed([record, recovered({ time: record.time }, APP, 'ORDERS')])).toMatchObject({
      unapproved: 0,
    });
    expect(events()).toEqual([]);
  });

  it('by a sealed execution is nothing to report, and by one without a seal is', async () => {
    world.sealDecisions();
    await executed();
    expect(await feed([recovered()])).toMatchObject({ unapproved: 0 });
    world.sealDecisions();

    expect(await feed([recovered()])).toMatchObject({ unapproved: 1 });
  });

  it('without any request is reported with key, HSM, who, when and what to do', async () => {
    await feed([recovered({}, 'somebody')]);

    expect(events()).toEqual([
      {
        hsm: 'contoso',
        severity: 'critical',
        key: 'orders',
        action: 'recover',
        broughtBackAt: expect.stringMatching(/^2026-/),
        caller: { objectId: 'somebody', appId: 'a', address: '203.0.113.7' },
        approval: 'none',
        todo: expect.stringMatching(/disable the key.*break glass.*hsm-warden ack/),
      },
    ]);
  });

  it.each([
    { name: 'another person, at that very time', record: () => recovered({}, 'somebody') },
    { name: 'the app, another key', record: () => recovered({}, APP, 'payroll') },
    { name: 'the app, by another operation', record: () => restored() },
    {
      name: 'the app, on another HSM',
      record: () =>
        recovered({
          PoolName: 'contoso-dr',
          requestUri: 'https://contoso-dr.managedhsm.azure.net/deletedkeys/orders/recover',
        }),
    },
    {
      name: 'the app, long before',
      record: () => recovered({ time: new Date(world.clock.now() - HOUR_MS).toISOString() }),
    },
    {
      name: 'the app, long after',
      record: () => recovered({ time: new Date(world.clock.now() + HOUR_MS).toISOString() }),
    },
  ])('is reported although a recovery was executed: $name', async ({ record }) => {
    await executed();

    expect(await feed([record()])).toMatchObject({ unapproved: 1 });
    expect(events()).toMatchObject([{ severity: 'critical', approval: 'none' }]);
  });

  it.each([
    { minutes: 4, count: 0 },
    { minutes: 7, count: 1 },
  ])('may differ from the clock of the app by five minutes: $minutes', async ({ minutes, count }) => {
    await executed();
    const time = new Date(world.clock.now() + minutes * MINUTE_MS).toISOString();

    expect(await feed([recovered({ time })])).toMatchObject({ unapproved: count });
  });

  it('is reported when only the store says that it was approved', async () => {
    const id = await executed();
    world.change(id, (record) => {
      const operation = { ...record.operation, key: 'payroll' };
      return { ...record, operation, digest: requestDigest({ ...record, operation }) };
    });

    expect(await feed([recovered({}, APP, 'payroll')])).toMatchObject({ unapproved: 1 });
  });

  it('is reported when the write-once claim is missing', async () => {
    const id = await executed();
    world.once.texts.delete(`claims/${id}/begun.json`);

    expect(await feed([recovered()])).toMatchObject({ unapproved: 1 });
  });

  it('is reported as not known when the log is broken or may not be read', async () => {
    await executed();
    world.auditStore.rewrite((lines) => lines.toSpliced(1, 1));
    await feed([recovered()]);

    expect(events()).toMatchObject([
      { approval: 'unknown', severity: 'critical', todo: expect.stringContaining('not whole') },
    ]);
  });

  it('waits for a store that is out of reach: the batch is given again', async () => {
    await executed();
    const gone = new WardenError('storage-unavailable', { message: 'planted' });
    world.auditStore.faults.fail('read', gone, { times: 1 });

    expect((await failureOf(feed([recovered({}, 'somebody')]))).code).toBe('storage-unavailable');
    expect(await feed([recovered({}, 'somebody')])).toMatchObject({ unapproved: 1 });
  });

  it.each(['storage-refused', 'state-corrupt', 'seal-unavailable'] as const)(
    'is reported as not known, and holds no batch, when the log cannot be read: %s',
    async (code) => {
      await executed();
      world.auditStore.faults.fail('read', new WardenError(code, { message: 'planted' }));

      expect(await feed([recovered()])).toMatchObject({ unapproved: 1 });
      expect(events()).toMatchObject([
        { approval: 'unknown', severity: 'critical', todo: expect.stringContaining('planted') },
      ]);
    },
  );

  it.each(['storage-refused', 'state-corrupt', 'seal-unavailable'] as const)(
    'is reported all the same when the watch cannot remember it: %s',
    async (code) => {
      for (const method of ['read', 'write'] as const)
        world.store.faults.fail(method, new WardenError(code, { message: 'planted' }));
      const record = recovered({}, 'somebody');

      expect(await feed([record])).toMatchObject({ unapproved: 1 });
      expect(events()).toMatchObject([{ approval: 'none', severity: 'critical' }]);
      expect(world.logger.lines.map(({ message }) => message)).toContain(
        'keys that came back are reported without being kept',
      );
    },
  );

  it('keeps no other HSM from being scanned while it cannot be compared', async () => {
    await executed();
    const gone = new WardenError('storage-unavailable', { message: 'planted' });
    world.auditStore.faults.fail('read', gone);
    const there = {
      operationName: 'KeyDelete',
      PoolName: 'contoso-dr',
      requestUri: 'https://contoso-dr.managedhsm.azure.net/keys/orders',
    };

    expect((await failureOf(feed([recovered(), recovered(there)]))).code).toBe('storage-unavailable');
    expect(scanned).toEqual(['contoso', 'contoso-dr']);
  });

  it('keeps no other HSM from being scanned when its backup cannot be asked for', async () => {
    const gone = new WardenError('storage-unavailable', { message: 'planted' });
    world.queue.faults.fail('send', gone, { times: 1 });
    const there = {
      operationName: 'KeyDelete',
      PoolName: 'contoso-dr',
      requestUri: 'https://contoso-dr.managedhsm.azure.net/keys/orders',
    };

    expect((await failureOf(feed([recovered(), recovered(there)]))).code).toBe('storage-unavailable');
    expect(scanned).toEqual(['contoso-dr']);
  });

  it.each([
    { name: 'neither key nor caller', record: () => restored({ identity: undefined }), todo: 'which key' },
    {
      name: 'no time',
      record: () => restored({ time: 'soon', id: 'https://contoso.managedhsm.azure.net/keys/orders/1' }),
      todo: 'when it was',
    },
  ])('is not explained by an execution that fits when its record names $name', async ({ record, todo }) => {
    world.hsm.purgeKey('orders');
    const id = await executed();
    await feed([record()]);

    expect(events()).toMatchObject([
      { approval: 'unknown', severity: 'warning', todo: expect.stringMatching(`${id} fits.*${todo}`) },
    ]);
  });

  it('is explained by an execution that fits when its record names no key, but the recovery app', async () => {
    world.hsm.purgeKey('orders');
    await executed();

    expect(await feed([restored()])).toMatchObject({ unapproved: 0 });
    expect(await feed([restored({}, 'somebody')])).toMatchObject({ unapproved: 1 });
    expect(events()).toMatchObject([{ approval: 'none', severity: 'critical' }]);
  });

  it('is another event when it is judged otherwise the next time', async () => {
    await executed();
    const gone = new WardenError('state-corrupt', { message: 'planted' });
    world.auditStore.faults.fail('read', gone);
    await feed([recovered({}, 'somebody')]);
    world.auditStore.faults.clear();
    await feed([recovered({}, 'somebody')]);

    const reported = world.topic.accepted.filter(({ type }) => type === TYPE);
    expect(new Set(reported.map(({ id }) => id)).size).toBe(2);
    expect(events()).toMatchObject([{ approval: 'unknown' }, { approval: 'none' }]);
  });

  it('is one event however often its record is delivered', async () => {
    const record = recovered({}, 'somebody');
    await feed([record, record]);
    await feed([record]);

    expect(new Set(world.topic.accepted.filter(({ type }) => type === TYPE).map(({ id }) => id)).size).toBe(
      1,
    );
  });

  it.each([{ httpStatusCode: 403 }, { httpStatusCode: 404 }, { httpStatusCode: undefined, properties: {} }])(
    'is none where the HSM does not say so: %o',
    async (change) => {
      expect(await feed([recovered(change, 'somebody')])).toMatchObject({ unapproved: 0 });
    },
  );

  it('names a restored key by the answer where the request does not, and reports one that is not named', async () => {
    const id = 'https://contoso.managedhsm.azure.net/keys/orders/0123456789abcdef0123456789abcdef';
    await feed([restored({ id }, 'somebody'), restored({ callerIpAddress: '192.0.2.1' }, 'other')]);

    expect(events()).toMatchObject([{ key: 'orders', action: 'restore' }, { action: 'restore' }]);
    expect(events()[1]).not.toHaveProperty('key');
  });

  it('without an identity to compare is judged by the claim alone', async () => {
    recoveryPrincipal = undefined;
    await executed();

    expect(await feed([recovered({}, 'somebody')])).toMatchObject({ unapproved: 0 });
    expect(await feed([recovered({}, 'somebody', 'payroll')])).toMatchObject({ unapproved: 1 });
  });
});

describe('a break-glass restore that was noted', () => {
  async function note(
    change: { readonly hsm?: string; readonly key?: string; readonly hours?: number } = {},
  ) {
    const { hsm = 'contoso', key, hours = 1 } = change;
    const now = world.clock.now();
    const [from, until] = [now - HOUR_MS, now - HOUR_MS + hours * 2 * HOUR_MS].map((at) =>
      new Date(at).toISOString(),
    );
    const body = {
      hsm,
      from: from ?? '',
      until: until ?? '',
      reason: 'the app is lost',
      ...(key && { key }),
    };
    await world.deps().audit.note(breakGlassEvent(body, person('bob')));
  }

  it.each([{}, { key: 'ORDERS' }])('is reported as that, with who noted it and why: %o', async (about) => {
    await note(about);
    await feed([recovered({}, 'somebody')]);

    expect(events()).toMatchObject([
      {
        severity: 'warning',
        approval: 'noted',
        noted: { by: person('bob').name, reason: 'the app is lost' },
      },
    ]);
  });

  it.each([{ key: 'payroll' }, { hsm: 'contoso-dr' }, { hours: 0.1 }])(
    'excuses nothing else: %o',
    async (about) => {
      await note(about);
      await feed([recovered({}, 'somebody')]);

      expect(events()).toMatchObject([{ severity: 'critical', approval: 'none' }]);
    },
  );

  it('excuses nothing that the recovery app did', async () => {
    await note();
    await feed([recovered()]);

    expect(events()).toMatchObject([{ severity: 'critical', approval: 'none' }]);
  });
});
