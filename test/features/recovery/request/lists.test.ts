/** Lists read what a page shows and no more, whatever the index of ended requests says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError, type WardenErrorCode } from '../../../../src/core/errors.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { failureOf } from '../../../support/errors.ts';
import { DAY_MS, HOUR_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const INDEX = 'recovery-index';
const ENDED = 40;
const BODY = { hsm: 'contoso', key: 'orders', action: 'auto', reason: 'gone' } as const;

let world: RecoveryWorld;
let reads: string[];

async function end(id: string): Promise<void> {
  const command = { type: 'reject', by: person('bob'), reason: 'not needed' } as const;
  await new Recoveries(world.deps()).command(id, command);
}

async function ended(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await world.ask();
    await end(id);
    ids.unshift(id);
  }
  return ids;
}

/** A request that fails at the HSM. */
async function failed(): Promise<string> {
  const { id } = await world.approved();
  world.hsm.faults.fail('recoverKey', new WardenError('hsm-forbidden', { message: 'planted' }));
  await world.deliver(id);
  return id;
}

const idsOf = (page: { readonly items: readonly { readonly id: string }[] }) =>
  page.items.map(({ id }) => id);
const documentsRead = () => reads.filter((subject) => subject.startsWith('recovery/'));
const indexText = () => world.store.documents.get(INDEX)?.text ?? '';

beforeEach(async () => {
  world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  reads = [];
  world.store.faults.plant({
    operation: 'read',
    times: Number.POSITIVE_INFINITY,
    act: async (subject: string) => {
      reads.push(subject);
    },
  });
});

describe('a list', () => {
  it('reads only the requests of its page', async () => {
    const ids = await ended(ENDED);
    await world.reconcile();
    reads.length = 0;

    const page = await world.list({ limit: 5 });

    expect(idsOf(page)).toEqual(ids.slice(0, 5));
    expect(documentsRead()).toHaveLength(5);
  });

  it('of what needs attention has those that failed in the last 7 days, and reads no other', async () => {
    await ended(ENDED);
    const old = await failed();
    await world.clock.advance(4 * DAY_MS);
    const young = await failed();
    await world.reconcile();
    reads.length = 0;

    expect(idsOf(await world.list({ attention: true }))).toEqual([young, old]);
    expect(documentsRead()).toHaveLength(2);
    await world.clock.advance(3 * DAY_MS + HOUR_MS);
    expect(idsOf(await world.list({ attention: true }))).toEqual([young]);
  });

  it('of what needs attention has one of which the index does not say whether it is proven', async () => {
    const id = await failed();
    await world.reconcile();
    const text = indexText();
    expect(text).toContain('"proven":false');
    world.store.documents.set(INDEX, { text: text.replaceAll(',"proven":false', ''), etag: 'other' });
    await world.clock.advance(2 * 60_000);

    expect(idsOf(await world.list({ attention: true }))).toEqual([id]);
  });

  it.each([
    { name: 'state', query: { state: 'approved' as const } },
    { name: 'key', query: { key: 'payroll' } },
    { name: 'HSM', query: { hsm: 'fabrikam' } },
  ])('reads no ended request of another $name', async ({ query }) => {
    await ended(ENDED);
    await world.reconcile();
    reads.length = 0;

    expect((await world.list(query)).items).toEqual([]);
    expect(documentsRead()).toEqual([]);
  });

  it('reads no ended request twice in a process, unless it was written since', async () => {
    const [newest = '', ...others] = await ended(5);
    await world.reconcile();
    const deps = world.deps();
    const listed = async () => {
      reads.length = 0;
      return idsOf(await world.list({}, deps));
    };
    const first = await listed();
    expect(documentsRead()).toHaveLength(5);
    expect(await listed()).toEqual(first);
    expect(documentsRead()).toEqual([]);

    world.change(newest, (record) => ({ ...record, reason: 'another' }));
    await world.reconcile();
    await world.clock.advance(HOUR_MS);
    await listed();
    expect(documentsRead()).toEqual([`recovery/${newest}`]);

    const { id } = await world.ask();
    expect(await listed()).toEqual([id, newest, ...others]);
    expect(await listed()).toEqual([id, newest, ...others]);
    expect(documentsRead()).toEqual([`recovery/${id}`]);
  });

  it('reads the index once in a minute of a process, and again after it', async () => {
    await ended(3);
    await world.reconcile();
    const deps = world.deps();
    const indexReads = async () => {
      reads.length = 0;
      await world.list({}, deps);
      return reads.filter((subject) => subject === INDEX).length;
    };

    expect(await indexReads()).toBe(1);
    await world.clock.advance(59_999);
    expect(await indexReads()).toBe(0);
    await world.clock.advance(1);
    expect(await indexReads()).toBe(1);
  });

  it('reads an index that is damaged at every time, until it is made again', async () => {
    const [id = ''] = await ended(1);
    await world.reconcile();
    const deps = world.deps();
    await world.list({}, deps);
    await world.clock.advance(60_000);
    world.store.documents.set(INDEX, { text: '{', etag: 'damaged' });

    expect(idsOf(await world.list({}, deps))).toEqual([id]);
    expect(indexText()).toContain(id);
  });

  it('goes through every page once, before and after the index learns of what ended', async () => {
    const ids = await ended(7);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await world.list({ limit: 2, ...(next === undefined ? {} : { next }) });
      seen.push(...idsOf(page));
      next = page.next;
      await world.reconcile();
    } while (next !== undefined);

    expect(seen).toEqual(ids);
  });

  it.each([
    { name: 'just before', days: 90, after: -HOUR_MS, count: 1 },
    { name: 'just after', days: 90, after: HOUR_MS, count: 0 },
    { name: 'of one day', days: 1, after: HOUR_MS, count: 0 },
  ])('leaves out what ended longer ago than its age: $name', async ({ days, after, count }) => {
    for (const isIndexed of [false, true]) {
      const [id = ''] = await ended(1);
      if (isIndexed) await world.reconcile();
      await world.clock.advance(days * DAY_MS + after);

      const listed = idsOf(await world.list({}, world.deps(), days));

      expect(listed.filter((one) => one === id)).toHaveLength(count);
      expect((await new Recoveries(world.deps()).get(id)).record.state).toBe('rejected');
    }
  });

  it('lists what waits however long ago it was made', async () => {
    world.policy = { ...world.policy, ttlMs: 7 * DAY_MS };
    const { id } = await world.ask();
    await world.clock.advance(6 * DAY_MS);

    expect(idsOf(await world.list({}, world.deps(), 1))).toEqual([id]);
  });

  it('reads at most 500 requests for a page, and goes on', async () => {
    world.openLimits = { perRequester: 501, perHsm: 501 };
    const recoveries = new Recoveries(world.deps());
    for (let n = 0; n < 501; n += 1) await recoveries.open(person('alice'), BODY);
    await world.reconcile();
    reads.length = 0;

    const page = await world.list({ state: 'executing' });

    expect(documentsRead()).toHaveLength(500);
    expect(page).toMatchObject({ items: [], next: expect.any(String) });
  });
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
    const ids = await ended(3);
    await world.reconcile();
    const before = JSON.parse(indexText());
    spoil();

    expect(idsOf(await world.list())).toEqual(ids);
    expect(JSON.parse(indexText())).toEqual(before);
  });

  it('that somebody emptied hides nothing for good', async () => {
    const ids = await ended(3);
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
    await end(record.id);
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
    const [id = ''] = await ended(1);
    await world.reconcile();
    expect(await world.reconcile()).toBe(0);
    world.change(id, (record) => ({ ...record, state: 'approved' }));

    expect(await world.reconcile()).toBe(1);
  });

  it('forgets requests that are stored no more', async () => {
    const [id = ''] = await ended(1);
    await world.reconcile();
    world.store.documents.delete(`recovery/${id}`);
    await world.reconcile();

    expect(JSON.parse(indexText())).toEqual({ format: 1, ended: {} });
  });
});

describe('open requests', () => {
  it.each([
    {
      whose: 'of one requester',
      limits: { perRequester: 2, perHsm: 9 },
      says: /alice.*WARDEN_OPEN_PER_REQUESTER/,
    },
    { whose: 'for one HSM', limits: { perRequester: 9, perHsm: 2 }, says: /contoso.*WARDEN_OPEN_PER_HSM/ },
  ])('are limited $whose, and one that ends makes room', async ({ limits, says }) => {
    world.openLimits = limits;
    const { id } = await world.ask();
    await world.ask();

    const error = await failureOf(world.ask());

    expect(error).toMatchObject({
      code: 'too-many-open' satisfies WardenErrorCode,
      message: expect.stringMatching(says),
    });
    expect(world.requests).toBe(2);
    await end(id);
    await world.ask();
    expect((await failureOf(world.ask())).code).toBe('too-many-open');
  });

  it('are counted for each requester and each HSM', async () => {
    world.openLimits = { perRequester: 1, perHsm: 1 };
    await world.ask();
    world.stranger.createKey('orders');
    world.stranger.deleteKey('orders');
    const body = { hsm: 'fabrikam', key: 'orders', action: 'recover', reason: 'gone' } as const;

    await expect(new Recoveries(world.deps()).open(person('dora'), body)).resolves.toBeDefined();
  });

  it('of a webhook source are not limited but for the HSM: a purge of all keys opens a request for each', async () => {
    world.openLimits = { perRequester: 1, perHsm: 3 };
    const watch = { kind: 'webhook', id: 'watch', name: 'watch' } as const;
    const ask = (n: number) =>
      new Recoveries(world.deps()).open(watch, { ...BODY, reason: `purged, event ${n}` });
    for (const n of [1, 2, 3]) await ask(n);

    expect((await failureOf(ask(4))).message).toContain('WARDEN_OPEN_PER_HSM');
  });

  it('are no more than the limit when many ask one process at the same time', async () => {
    world.openLimits = { perRequester: 3, perHsm: 9 };
    const recoveries = new Recoveries(world.deps());
    const asked = await Promise.allSettled(
      Array.from({ length: 10 }, () => recoveries.open(person('alice'), BODY)),
    );

    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('whose time has run out do not count, before anybody noted it', async () => {
    world.openLimits = { perRequester: 1, perHsm: 1 };
    await world.ask();
    await world.clock.advance(DAY_MS);

    await expect(world.ask()).resolves.toMatchObject({ state: 'requested' });
  });
});
