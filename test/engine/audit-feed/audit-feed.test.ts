import { describe, expect, it } from 'vitest';
import { MemoryWorkQueue } from '../../../src/adapters/memory/memory-work-queue.ts';
import { readAuditRecord } from '../../../src/engine/audit-feed/audit-record.ts';
import { effectOf } from '../../../src/engine/audit-feed/effect.ts';
import { handleAuditBatch } from '../../../src/engine/audit-feed/handle-batch.ts';
import { readAuditBatch } from '../../../src/engine/audit-feed/read-batch.ts';
import { sortRecords } from '../../../src/engine/audit-feed/sort-records.ts';
import { EVERY_KEY } from '../../../src/engine/backup/selection.ts';
import { WardenError } from '../../../src/engine/errors.ts';
import { look } from '../../../src/engine/watch/look.ts';
import { parseLookMessage } from '../../../src/engine/watch/message.ts';
import { HOUR_MS, WatchWorld } from '../../support/watch-world.ts';

/** A record as a Managed HSM writes it. */
function aRecord(change: Record<string, unknown> = {}, path = '/keys/orders') {
  return {
    TenantId: 'tenant',
    time: '2026-11-24T12:00:05.123Z',
    resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/contoso',
    operationName: 'KeyCreate',
    category: 'AuditEvent',
    resultType: 'Success',
    durationMs: 488,
    callerIpAddress: '203.0.113.7',
    identity: JSON.stringify({
      claim: {
        appid: 'app-1',
        http_schemas_microsoft_com_identity: { claims: { objectidentifier: 'object-1' } },
        http_schemas_xmlsoap_org_ws_2005_05_identity: { claims: { upn: 'mallory@contoso.com' } },
      },
    }),
    clientInfo: 'azsdk-python-core/1.7.0',
    httpStatusCode: 200,
    PoolName: 'contoso',
    requestUri: `https://contoso.managedhsm.azure.net${path}`,
    ...change,
  };
}

class FeedWorld extends WatchWorld {
  readonly queue = new MemoryWorkQueue(this.clock);
  lookError: Error | undefined;
  looks = 0;

  feed(body: unknown) {
    return handleAuditBatch(
      {
        hsms: [{ name: 'contoso', url: 'https://contoso.managedhsm.azure.net' }],
        selection: EVERY_KEY,
        queue: this.queue,
        state: this.state,
        keysOf: () => this.deps.keys,
        look: async (_hsm, signals) => {
          this.looks += 1;
          if (this.lookError !== undefined) throw this.lookError;
          return look(this.deps, this.policy, signals);
        },
        logger: this.logger,
      },
      body,
    );
  }
}

describe('a record', () => {
  it('tells time, operation, key, caller and status', () => {
    expect(readAuditRecord(aRecord())).toEqual({
      at: Date.parse('2026-11-24T12:00:05.123Z'),
      operation: 'KeyCreate',
      key: 'orders',
      host: 'contoso.managedhsm.azure.net',
      pool: 'contoso',
      httpStatus: 200,
      clientInfo: 'azsdk-python-core/1.7.0',
      caller: {
        objectId: 'object-1',
        upn: 'mallory@contoso.com',
        appId: 'app-1',
        address: '203.0.113.7',
      },
    });
  });

  it('is read in the form of a vault too: identity as an object, fields in properties, numbers as text', () => {
    const record = readAuditRecord({
      time: '2026-11-24T12:00:05Z',
      operationName: 'KeyDelete',
      identity: {
        claim: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': 'object-2' },
      },
      properties: { httpStatusCode: '200', requestUri: 'https://contoso.managedhsm.azure.net/keys/a' },
    });

    expect(record).toMatchObject({ key: 'a', httpStatus: 200, caller: { objectId: 'object-2' } });
  });

  it.each([
    ['/keys/orders', 'orders'],
    ['/keys/orders/0123456789abcdef0123456789abcdef/sign', 'orders'],
    ['/keys/orders/', 'orders'],
    ['/deletedkeys/orders/recover', 'orders'],
    ['/keys/restore', undefined],
    ['/keys//restore', undefined],
    ['/keys/restore/create', 'restore'],
    ['/backup', undefined],
    ['/keys/no%20key', undefined],
  ])('of %s is about key %s', (path, key) => {
    expect(readAuditRecord(aRecord({}, path))?.key).toBe(key);
  });

  it.each([
    ['KeyCreate', 200, 'back-up'],
    ['KeyImport', 200, 'back-up'],
    ['KeyRotate', 200, 'back-up'],
    ['KeyUpdate', 200, 'back-up'],
    ['KeyRecover', 200, 'back-up'],
    ['KeyCreate', 403, 'none'],
    ['KeyDelete', 200, 'deleted'],
    ['KeyDelete', 404, 'none'],
    ['KeyPurge', 204, 'purged'],
    ['KeyPurge', 403, 'none'],
    ['KeySign', 200, 'none'],
    ['KeySign', 404, 'refused-use'],
    ['KeyUnwrap', 403, 'refused-use'],
    ['KeyUnwrap', 409, 'refused-use'],
    ['KeySign', 401, 'none'],
    ['KeySign', 429, 'none'],
    ['KeySign', 500, 'none'],
    ['KeyGet', 404, 'refused-use'],
    ['KeyList', 200, 'none'],
    ['EkmProxyOperation', 200, 'unknown'],
  ])('of %s with %d calls for: %s', (operationName, httpStatusCode, effect) => {
    const record = readAuditRecord(aRecord({ operationName, httpStatusCode }));
    expect(record && effectOf(record)).toBe(effect);
  });

  it('of the product reading a deleted key calls for nothing, but of its using one it does', () => {
    const own = { clientInfo: 'hsm-warden azsdk-js', httpStatusCode: 404 };
    const effects = ['KeyGet', 'KeySign'].map((operationName) => {
      const record = readAuditRecord(aRecord({ ...own, operationName }));
      return record && effectOf(record);
    });
    expect(effects).toEqual(['none', 'refused-use']);
  });

  it('of a restore, which names no key, calls for a look', () => {
    const record = readAuditRecord(aRecord({ operationName: 'KeyRestore' }, '/keys/restore'));
    expect(record && effectOf(record)).toBe('look');
  });
});

describe('a batch', () => {
  const two = [aRecord(), aRecord({}, '/keys/secret')];

  it.each([
    ['an array of records', two],
    ['an envelope', { records: two }],
    ['an array of envelopes', [{ records: [two[0]] }, { records: [two[1]] }]],
    ['text', JSON.stringify(two)],
    ['an array of texts', two.map((record) => JSON.stringify(record))],
    ['an array of texts of envelopes', [JSON.stringify({ records: two })]],
    ['lines', two.map((record) => JSON.stringify(record)).join('\n')],
    [
      'lines with empty ones between',
      `\r\n${two.map((record) => JSON.stringify(record)).join('\r\n\r\n')}\r\n`,
    ],
    ['bytes', Buffer.from(JSON.stringify(two))],
  ])('is read from %s', (_name, body) => {
    const { records, malformed } = readAuditBatch(body);
    expect(records.map(({ key }) => key)).toEqual(['orders', 'secret']);
    expect(malformed).toBe(0);
  });

  it.each([
    ['nothing', undefined, 1],
    ['text that is no JSON', 'hello\nworld', 2],
    ['a number', 7, 1],
    ['a record without time', [aRecord({ time: 'yesterday' })], 1],
    ['a record without operation', [aRecord({ operationName: '' })], 1],
    ['text in text', JSON.stringify(JSON.stringify(aRecord())), 1],
    ['an empty array', [], 0],
    ['arrays nested without end', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), 1],
  ])('of %s gives no record, and is not fatal', (_name, body, count) => {
    expect(readAuditBatch(body)).toEqual({ records: [], malformed: count });
  });

  it('with a bad record among good ones gives the good ones', () => {
    const { records, malformed } = readAuditBatch([two[0], 'rubbish', null, two[1]]);
    expect([records.length, malformed]).toEqual([2, 2]);
  });
});

describe('the audit feed', () => {
  it('asks for one backup of each changed key, however often it changed', async () => {
    const world = new FeedWorld();
    const result = await world.feed([
      aRecord(),
      aRecord({ operationName: 'KeyUpdate', time: '2026-11-24T12:00:09Z' }),
      aRecord({}, '/keys/secret'),
    ]);

    expect(result).toMatchObject({ records: 3, backupsRequested: 2, looks: 0 });
    expect(world.queue.take('key-backups')).toEqual({
      kind: 'key-backup',
      hsm: 'contoso',
      key: 'orders',
      reason: 'changed',
      changedAt: Date.parse('2026-11-24T12:00:09Z'),
    });
  });

  it('looks at once when a key was deleted, and tells by whom', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    await world.feed([aRecord({ operationName: 'KeyDelete' })]);

    expect(world.told).toEqual(['KeyDeleted orders']);
    expect(world.events('HsmWarden.KeyDeleted')[0]?.data.deletedBy?.upn).toBe('mallory@contoso.com');
  });

  it('hands a failed look with all it was told to the queue', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.lookError = new WardenError('storage-unavailable', { message: 'planted' });
    await world.feed([aRecord({ operationName: 'KeyPurge', httpStatusCode: 204 }, '/deletedkeys/orders')]);
    const { signals } = parseLookMessage(world.queue.take('watch-looks'));
    await look(world.deps, world.policy, signals);

    expect(world.told).toEqual(['KeyPurged orders']);
  });

  it('asks for a backup of the key that a restore brought, although its record names none', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    await world.clock.advance(HOUR_MS);
    await world.backUp('orders');
    world.hsm.createKey('restored');
    await world.feed([aRecord({ operationName: 'KeyRestore' }, '/keys/restore')]);

    expect(world.queue.take('key-backups')).toMatchObject({ key: 'restored', reason: 'changed' });
    expect(world.queue.take('key-backups')).toBeUndefined();
  });

  it('fails, so that the batch comes again, when the queue fails too', async () => {
    const world = new FeedWorld();
    world.queue.faults.fail('send', new WardenError('storage-unavailable', { message: 'planted' }));

    await expect(world.feed([aRecord()])).rejects.toThrow('planted');
  });

  it('loses no signal of a large batch on its way through the queue', async () => {
    const world = new FeedWorld();
    world.lookError = new WardenError('storage-unavailable', { message: 'planted' });
    const batch = Array.from({ length: 200 }, (_, n) =>
      aRecord({ operationName: 'KeyDelete' }, `/keys/key-${n}`),
    );
    await world.feed(batch);
    const keys: string[] = [];
    for (
      let next = world.queue.take('watch-looks');
      next !== undefined;
      next = world.queue.take('watch-looks')
    ) {
      keys.push(...(parseLookMessage(next).signals?.deletes ?? []).map(({ key }) => key));
    }

    expect(keys).toEqual(Array.from({ length: 200 }, (_, n) => `key-${n}`));
  });

  it('tells a refused use of a deleted key, and does not look again for what is told already', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    const use = aRecord({ operationName: 'KeyDecrypt', httpStatusCode: 404 });
    await world.feed([use]);
    await world.feed([use, use]);

    expect(world.told).toEqual(['KeyDeleted orders', 'KeyUsedWhileDeleted orders']);
    expect(world.looks).toBe(1);
  });

  it('does not look for a refused use of a key that never was', async () => {
    const world = new FeedWorld();
    await world.feed([aRecord({ operationName: 'KeyDecrypt', httpStatusCode: 404 }, '/keys/never')]);

    expect(world.looks).toBe(0);
  });

  it('takes a purge in a vault of the same name for what it is: none of this HSM', async () => {
    const world = new FeedWorld();
    const result = await world.feed({
      time: '2026-11-24T12:00:05Z',
      resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/CONTOSO',
      resource: 'CONTOSO',
      operationName: 'KeyPurge',
      properties: { httpStatusCode: 204, requestUri: 'https://contoso.vault.azure.net/deletedkeys/orders' },
    });

    expect(result).toMatchObject({ foreign: 1, looks: 0 });
    expect(world.told).toEqual([]);
  });

  it('tells HSMs apart that share a host and differ in the port', () => {
    const record = readAuditRecord(
      aRecord({ PoolName: 'contoso-dr', requestUri: 'https://127.0.0.1:5002/keys/orders' }),
    );
    const hsms = [
      { name: 'contoso', url: 'https://127.0.0.1:5001' },
      { name: 'contoso-dr', url: 'https://127.0.0.1:5002/' },
    ];

    const { byHsm } = sortRecords(record === undefined ? [] : [record], hsms);
    expect([...byHsm.keys()]).toEqual(['contoso-dr']);
  });

  it('counts records of other HSMs and unknown operations, and leaves them', async () => {
    const world = new FeedWorld();
    await world.clock.advance(HOUR_MS);
    const result = await world.feed([
      aRecord({ operationName: 'RoleAssignmentPut' }),
      aRecord({ PoolName: 'other', requestUri: 'https://other.managedhsm.azure.net/keys/a' }),
      'rubbish',
    ]);

    expect(result).toMatchObject({ records: 2, malformed: 1, unknown: 1, foreign: 1, backupsRequested: 0 });
  });
});
