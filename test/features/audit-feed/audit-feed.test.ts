/** What the feed does about a batch of the audit log. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { readMessage } from '../../../src/core/queue.ts';
import { readAuditRecord } from '../../../src/features/audit-feed/audit-record.ts';
import { handleAuditBatch } from '../../../src/features/audit-feed/handle-batch.ts';
import { sortRecords } from '../../../src/features/audit-feed/sort-records.ts';
import { KEY_BACKUPS } from '../../../src/features/backup/queues.ts';
import { SCANS } from '../../../src/features/watch/model/message.ts';
import { scan } from '../../../src/features/watch/scan.ts';
import { aRecord } from '../../support/audit-record.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemoryOnceStore } from '../../support/memory/memory-once-store.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';
import { HOUR_MS, WatchWorld } from '../../support/watch-world.ts';

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
        scan: async (_hsm, signals) => {
          this.looks += 1;
          if (this.lookError !== undefined) throw this.lookError;
          return scan(this.deps, this.policy, signals);
        },
        logger: this.logger,
        bus: this.deps.bus,
        clock: this.clock,
        auditStore: new MemoryAuditStore(this.clock),
        anchor: new MemoryAuditAnchor(),
        decisions: undefined,
        once: new MemoryOnceStore(),
        signal: new AbortController().signal,
      },
      body,
    );
  }
}

describe('the audit feed', () => {
  it('asks for one backup of each changed key, however often it changed', async () => {
    const world = new FeedWorld();
    const result = await world.feed([
      aRecord(),
      aRecord({ operationName: 'KeyUpdate', time: '2026-11-24T12:00:09Z' }),
      aRecord({}, '/keys/secret'),
    ]);

    expect(result).toMatchObject({ records: 3, backupsRequested: 2, looks: 0 });
    expect(world.queue.take(KEY_BACKUPS)).toEqual({
      kind: 'key-backup',
      hsm: 'contoso',
      key: 'orders',
      reason: 'changed',
      changedAt: Date.parse('2026-11-24T12:00:09Z'),
    });
  });

  it('scans once when a key was deleted, and reports by whom', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    await world.feed([aRecord({ operationName: 'KeyDelete' })]);

    expect(world.reports).toEqual(['KeyDeleted orders']);
    expect(world.events('HsmWarden.KeyDeleted')[0]?.data.deletedBy?.upn).toBe('mallory@contoso.com');
  });

  it('hands a failed scan with all it was given to the queue', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.lookError = new WardenError('storage-unavailable', { message: 'planted' });
    await world.feed([aRecord({ operationName: 'KeyPurge', httpStatusCode: 204 }, '/deletedkeys/orders')]);
    const { signals } = readMessage(SCANS, world.queue.take(SCANS));
    await scan(world.deps, world.policy, signals);

    expect(world.reports).toEqual(['KeyPurged orders']);
  });

  it('asks for another scan where the HSM kept the first from judging, and leaves what was reported to its memory', async () => {
    const world = new FeedWorld();
    world.hsm.faults.fail('listKeys', new WardenError('hsm-unavailable', { message: 'planted' }), {
      times: 2,
    });
    await world.feed([aRecord({ operationName: 'KeyPurge', httpStatusCode: 204 }, '/deletedkeys/orders')]);

    expect(world.reports).toEqual([]);
    expect(world.queue.take(SCANS)).toEqual({ kind: 'look', hsm: 'contoso', at: expect.any(Number) });
    await world.scan();
    expect(world.reports).toEqual(['KeyPurged orders']);
  });

  it('asks for a backup of the key that a restore brought, although its record names none', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    await world.clock.advance(HOUR_MS);
    await world.backUp('orders');
    world.hsm.createKey('restored');
    await world.feed([aRecord({ operationName: 'KeyRestore' }, '/keys/restore')]);

    expect(world.queue.take(KEY_BACKUPS)).toMatchObject({ key: 'restored', reason: 'changed' });
    expect(world.queue.take(KEY_BACKUPS)).toBeUndefined();
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
    for (let next = world.queue.take(SCANS); next !== undefined; next = world.queue.take(SCANS)) {
      keys.push(...(readMessage(SCANS, next).signals?.deletes ?? []).map(({ key }) => key));
    }

    expect(keys).toEqual(Array.from({ length: 200 }, (_, n) => `key-${n}`));
  });

  it('reports a refused use of a deleted key, and does not read again for what is reported already', async () => {
    const world = new FeedWorld();
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    const use = aRecord({ operationName: 'KeyDecrypt', httpStatusCode: 404 });
    await world.feed([use]);
    await world.feed([use, use]);

    expect(world.reports).toEqual(['KeyDeleted orders', 'KeyUsedWhileDeleted orders']);
    expect(world.looks).toBe(1);
  });

  it('leaves refused uses to a scan when the memory of the watch cannot be read', async () => {
    const world = new FeedWorld();
    world.state.faults.fail('read', new WardenError('state-corrupt', { message: 'planted' }));
    await world.feed([aRecord({ operationName: 'KeyDecrypt', httpStatusCode: 404 })]);

    expect(world.looks).toBe(1);
  });

  it('does not search for a refused use of a key that never was', async () => {
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
    expect(world.reports).toEqual([]);
  });

  it('distinguishes HSMs that share a host and differ in the port', () => {
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
