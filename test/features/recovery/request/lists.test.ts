/** Lists read what a page shows and no more, whatever the index of ended requests says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { idsOf, rejected } from '../../../support/ended-recoveries.ts';
import { DAY_MS, HOUR_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const INDEX = 'recovery-index';
const ENDED = 40;
const BODY = { hsm: 'contoso', key: 'orders', action: 'auto', reason: 'gone' } as const;

let world: RecoveryWorld;
let reads: string[];

/** A request that fails at the HSM. */
async function failed(): Promise<string> {
  const { id } = await world.approved();
  world.hsm.faults.fail('recoverKey', new WardenError('hsm-forbidden', { message: 'planted' }));
  await world.deliver(id);
  return id;
}

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
    const ids = await rejected(world, ENDED);
    await world.reconcile();
    reads.length = 0;

    const page = await world.list({ limit: 5 });

    expect(idsOf(page)).toEqual(ids.slice(0, 5));
    expect(documentsRead()).toHaveLength(5);
  });

  it('of what needs attention has those that failed in the last 7 days, and reads no other', async () => {
    await rejected(world, ENDED);
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
    await rejected(world, ENDED);
    await world.reconcile();
    reads.length = 0;

    expect((await world.list(query)).items).toEqual([]);
    expect(documentsRead()).toEqual([]);
  });

  it('reads no ended request twice in a process, unless it was written since', async () => {
    const [newest = '', ...others] = await rejected(world, 5);
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
    await rejected(world, 3);
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
    const [id = ''] = await rejected(world, 1);
    await world.reconcile();
    const deps = world.deps();
    await world.list({}, deps);
    await world.clock.advance(60_000);
    world.store.documents.set(INDEX, { text: '{', etag: 'damaged' });

    expect(idsOf(await world.list({}, deps))).toEqual([id]);
    expect(indexText()).toContain(id);
  });

  it('goes through every page once, before and after the index learns of what ended', async () => {
    const ids = await rejected(world, 7);
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
      const [id = ''] = await rejected(world, 1);
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
