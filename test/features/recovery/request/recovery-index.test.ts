/** The index of ended requests is made again when it is spoilt, and decides nothing, whatever somebody wrote into it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { idsOf, reject, rejected } from '../../../support/ended-recoveries.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const INDEX = 'recovery-index';
let world: RecoveryWorld;

const indexText = () => world.store.documents.get(INDEX)?.text ?? '';

beforeEach(async () => {
  world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
});

describe('the index', () => {
  it.each([
    { name: 'missing', spoil: () => world.store.documents.delete(INDEX) },
    { name: 'torn', spoil: () => world.store.documents.set(INDEX, { text: '{"format":1', etag: '"torn"' }) },
    {
      name: 'of another format',
      spoil: () => world.store.documents.set(INDEX, { text: '{"format":2}', etag: '"2"' }),
    },
  ])('is rebuilt when it is $name', async ({ spoil }) => {
    const ids = await rejected(world, 3);
    await world.reconcile();
    const before = JSON.parse(indexText());
    spoil();

    expect(idsOf(await world.list())).toEqual(ids);
    expect(JSON.parse(indexText())).toEqual(before);
  });

  it('that somebody emptied hides nothing for good', async () => {
    const ids = await rejected(world, 3);
    world.store.documents.set(INDEX, { text: '{"format":1,"ended":{}}', etag: '"emptied"' });
    await world.reconcile();

    expect(idsOf(await world.list())).toEqual(ids);
    expect(Object.keys(JSON.parse(indexText()).ended).sort()).toEqual(ids.toSorted());
  });

  it.each(['requested', 'approved', 'executing'] as const)(
    'hides no request that is %s, whatever somebody wrote into it',
    async (state) => {
      const { id } = state === 'requested' ? await world.ask() : await world.approved();
      if (state === 'executing')
        world.change(id, (record) => ({ ...record, state, claim: { worker: 'w', until: 0 } }));
      const etag = world.store.documents.get(`recovery/${id}`)?.etag ?? '';
      const entry = {
        state: 'rejected',
        hsm: 'fabrikam',
        target: 'fabrikam',
        key: 'other',
        asked: 1,
        endedAt: 1,
        etag,
      };
      const text = JSON.stringify({ format: 1, ended: { [id]: entry } });
      world.store.documents.set(INDEX, { text, etag: '"forged"' });
      while (world.queue.take({ name: 'recoveries' }) !== undefined);

      expect(idsOf(await world.list({ state, key: 'orders', hsm: 'contoso' }))).toEqual([id]);
      await world.reconcile();
      expect(world.queue.take({ name: 'recoveries' })).toEqual(
        state === 'requested' ? undefined : { kind: 'recovery', id },
      );
    },
  );

  it('that somebody forged makes no ended request execute', async () => {
    const record = await world.approved();
    await reject(world, record.id);
    const etag = world.store.documents.get(`recovery/${record.id}`)?.etag ?? '';
    const entry = {
      state: 'approved',
      hsm: 'contoso',
      target: 'contoso',
      key: 'orders',
      asked: 1,
      endedAt: 1,
      etag,
    };
    const text = JSON.stringify({ format: 1, ended: { [record.id]: entry } });
    world.store.documents.set(INDEX, { text, etag: '"forged"' });

    await world.reconcile();
    await world.deliver(record.id);

    expect(idsOf(await world.list({ state: 'approved' }))).toEqual([]);
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('takes no part in what was written since: a request put back is read again', async () => {
    const [id = ''] = await rejected(world, 1);
    await world.reconcile();
    expect(await world.reconcile()).toBe(0);
    world.change(id, (record) => ({ ...record, state: 'approved' }));

    expect(await world.reconcile()).toBe(1);
  });

  it('forgets requests that are stored no more', async () => {
    const [id = ''] = await rejected(world, 1);
    await world.reconcile();
    world.store.documents.delete(`recovery/${id}`);
    await world.reconcile();

    expect(JSON.parse(indexText())).toEqual({ format: 1, ended: {} });
  });
});
