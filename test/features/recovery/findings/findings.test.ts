import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../../src/core/time.ts';
import { acknowledgementsOf } from '../../../../src/features/audit/acknowledgements.ts';
import { Findings } from '../../../../src/features/recovery/findings/findings.ts';
import { Incidents } from '../../../../src/features/recovery/findings/incidents.ts';
import { lostFindings } from '../../../../src/features/watch/model/lost-findings.ts';
import { updateWatchState } from '../../../../src/features/watch/model/watch-state.ts';
import { entriesOf } from '../../../support/attacks/forge-log.ts';
import { failureOf } from '../../../support/errors.ts';
import { person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const PURGED = { at: 1_000, awaitsRecord: false, records: [] };

/** A world in which the watch has noted these purges on contoso. */
async function worldWith(purges: Parameters<typeof lostFindings>[0]['purges']) {
  const world = new RecoveryWorld();
  await note(world, purges);
  return world;
}

async function note(world: RecoveryWorld, purges: Parameters<typeof lostFindings>[0]['purges']) {
  await updateWatchState(world.store, 'contoso', (state) => ({ ...state, purges }));
}

function findingsOf(world: RecoveryWorld) {
  const { store, auditStore, clock, anchor, decisions } = world;
  const { audit } = world.deps();
  const hsmNames = ['contoso', 'contoso-dr'];
  const incidents = new Incidents({ store, audit, clock, hsmNames });
  return new Findings({ store, auditStore, audit, anchor, decisions, hsmNames, incidents, clock });
}

async function acknowledgeOnly(world: RecoveryWorld) {
  const [finding] = await findingsOf(world).list();
  return findingsOf(world).acknowledge(finding?.id ?? '', person('bob'), 'a test key');
}

describe('an HSM whose memory cannot be read', () => {
  it('keeps no loss of another from being acknowledged, and no list looks whole without it', async () => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    const [finding] = await findingsOf(world).list();
    await world.store.write({ kind: 'watch', hsm: 'contoso-dr' }, 'garbage', 'absent');

    const view = await findingsOf(world).acknowledge(finding?.id ?? '', person('bob'), 'a test key');
    const listed = await failureOf(findingsOf(world).list());
    const unknown = await failureOf(findingsOf(world).acknowledge('0'.repeat(16), person('bob'), 'a test'));

    expect(view).toMatchObject({ key: 'orders', acknowledged: { by: person('bob').name } });
    expect([listed.code, unknown.code]).toEqual(['state-corrupt', 'state-corrupt']);
  });
});

describe('a break glass', () => {
  const BODY = { from: '2026-01-01T10:00:00Z', until: '2026-01-01T12:00:00Z', reason: 'the app is lost' };

  it('is noted of an HSM as the settings spell it', async () => {
    const world = new RecoveryWorld();
    world.sealDecisions();
    await findingsOf(world).noteBreakGlass({ ...BODY, hsm: 'CONTOSO' }, person('bob'));

    expect(entriesOf(world)).toMatchObject([
      { event: 'break-glass-noted', hsm: 'contoso', resource: 'https://contoso.test' },
    ]);
  });

  it('is not noted of an HSM that the settings do not name', async () => {
    const world = new RecoveryWorld();
    const noting = findingsOf(world).noteBreakGlass({ ...BODY, hsm: 'fabrikam' }, person('bob'));

    expect((await failureOf(noting)).code).toBe('hsm-unknown');
    expect(world.audited).toEqual([]);
  });
});

describe('the findings', () => {
  it('are the purges that no backup makes good', async () => {
    const world = await worldWith({
      orders: { ...PURGED, lost: 'key' },
      sales: PURGED,
      tax: { ...PURGED, lost: 'newest-version' },
    });
    expect(await findingsOf(world).list()).toMatchObject([
      { hsm: 'contoso', key: 'orders', lost: 'key' },
      { hsm: 'contoso', key: 'tax', lost: 'newest-version' },
    ]);
  });

  it('are acknowledged by a line of the audit log, with who and why', async () => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    expect(await acknowledgeOnly(world)).toMatchObject({
      acknowledged: { by: person('bob').name, reason: 'a test key' },
    });
    expect(world.audited).toEqual(['finding-acknowledged']);
    expect(await findingsOf(world).list()).toMatchObject([{ acknowledged: { reason: 'a test key' } }]);
  });

  it('stay as they are when they are acknowledged once more', async () => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    const { id } = await acknowledgeOnly(world);
    const again = await findingsOf(world).acknowledge(id, person('carol'), 'another reason');
    expect(again.acknowledged?.by).toBe(person('bob').name);
    expect(world.audited).toHaveLength(1);
  });

  it('are open again when a later key of the name is lost', async () => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    await acknowledgeOnly(world);
    await note(world, { orders: { ...PURGED, at: 2_000, lost: 'key' } });
    const [again] = await findingsOf(world).list();
    expect(again?.acknowledged).toBeUndefined();
  });

  it.each([
    ['that nobody found', '0'.repeat(16)],
    ['of nothing', ''],
  ])('cannot be acknowledged %s', async (_case, id) => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    await expect(findingsOf(world).acknowledge(id, person('bob'), 'x')).rejects.toMatchObject({
      code: 'finding-unknown',
    });
    expect(world.audited).toEqual([]);
  });
});

describe('a line about a finding acknowledges nothing', () => {
  it.each([
    ['when its reason was changed afterwards', (line: string) => line.replace('a test key', 'a real key')],
    ['when it is about another key', (line: string) => line.replace('"key":"orders"', '"key":"sales"')],
    ['when it is no entry', (line: string) => `x${line}`],
  ])('%s', async (_case, change) => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    await acknowledgeOnly(world);
    world.auditStore.rewrite((lines) => lines.map(change));
    const found = await acknowledgementsOf(
      { ...world, decisions: undefined },
      lostFindings({ hsm: 'contoso', purges: { orders: { ...PURGED, lost: 'key' } } }),
    );
    expect([...found.keys()]).toEqual([]);
  });

  it('where decisions are sealed, and it is not', async () => {
    const world = await worldWith({ orders: { ...PURGED, lost: 'key' } });
    await acknowledgeOnly(world);
    world.sealDecisions();
    expect(await findingsOf(world).list()).toMatchObject([{ key: 'orders' }]);
    expect((await findingsOf(world).list())[0]?.acknowledged).toBeUndefined();

    expect((await acknowledgeOnly(world)).acknowledged).toMatchObject({ reason: 'a test key' });
    expect(world.audited).toEqual(['finding-acknowledged', 'finding-acknowledged']);
  });

  it('and where nothing is lost the log is not read at all', async () => {
    const world = await worldWith({});
    world.auditStore.parts = () => {
      throw new Error('expected no reading');
    };
    expect(await acknowledgementsOf({ ...world, decisions: undefined }, [])).toEqual(new Map());
  });
});

describe('a log of many days', () => {
  const DAY_MS = 86_400_000;

  /** A log with a line on each of ten days, and the parts of it that are read to list the findings. */
  async function aLongLog(noticedAt: (now: number) => number) {
    const world = new RecoveryWorld();
    for (let day = 0; day < 10; day += 1) {
      await world.deps().audit.note({ event: 'noted', actor: person('bob'), decision: 'noted' });
      await world.clock.advance(DAY_MS);
    }
    await note(world, { orders: { ...PURGED, at: noticedAt(world.clock.now()), lost: 'key' } });
    const days: string[] = [];
    const read = world.auditStore.read.bind(world.auditStore);
    world.auditStore.read = async (part, from) => {
      days.push(part.day);
      return read(part, from);
    };
    return { world, days };
  }

  it('is read no farther back than two days before the loss became known', async () => {
    const { world, days } = await aLongLog((now) => now - DAY_MS);

    expect(await findingsOf(world).list()).toMatchObject([{ key: 'orders' }]);
    expect(world.auditStore.contents).toHaveLength(10);
    expect(days.toSorted()).toEqual(['2026-01-08', '2026-01-09', '2026-01-10']);
  });

  it('is read whole for a loss long ago, which is acknowledged as any other', async () => {
    const { world, days } = await aLongLog((now) => now - 99 * DAY_MS);

    expect(await acknowledgeOnly(world)).toMatchObject({ acknowledged: { reason: 'a test key' } });
    expect(new Set(days).size).toBe(11);
  });

  it('is read as for a loss of now for one in a time to come', async () => {
    const { world, days } = await aLongLog((now) => now + 99 * DAY_MS);

    expect(await findingsOf(world).list()).toMatchObject([
      { key: 'orders', noticedAt: isoTime(world.clock.now()) },
    ]);
    expect(days.toSorted()).toEqual(['2026-01-09', '2026-01-10']);
    expect(await acknowledgeOnly(world)).toMatchObject({ acknowledged: { reason: 'a test key' } });
  });
});
