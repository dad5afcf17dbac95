import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { acknowledgementEvent } from '../../../src/features/audit/acknowledgements.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import { findKey } from '../../../src/features/console/key-list.ts';
import { aWorld, ConsoleWorld, lostWorld, purgedWorld } from '../../support/console-world.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { person } from '../../support/recovery-builders.ts';
import { aWatchPolicy, DAY_MS, MINUTE_MS } from '../../support/watch-world.ts';

describe('the home page and losses:', () => {
  it('counts a loss until somebody has acknowledged it', async () => {
    const world = await aWorld(['orders']);
    world.hsm.createKey('gone');
    await world.scan();
    world.hsm.deleteKey('gone');
    await world.scan();
    await world.clock.advance(91 * DAY_MS);
    await world.scanned();
    const before = await world.home();
    const [loss] = before.hsm?.lost ?? [];
    expect([before.verdict, before.sentence, loss?.key]).toEqual([
      'at-risk',
      '1 key LOST. Not every key is safe.',
      'gone',
    ]);

    const log = new ChainedAuditLog(world.auditStore, world.anchor, world.clock);
    const finding = { id: loss?.finding ?? '', hsm: 'contoso', key: 'gone' };
    await log.note(acknowledgementEvent(finding, person('bob'), 'TICKET-1'));

    expect((await world.home()).hsm).toMatchObject({ lost: [], counts: { lost: 0, acknowledged: 1 } });
  });

  it('where decisions are sealed a line without a seal acknowledges nothing', async () => {
    const world = await aWorld();
    world.hsm.createKey('late');
    await world.scan();
    world.hsm.deleteKey('late');
    await world.scan();
    await world.clock.advance(91 * DAY_MS);
    await world.scanned();
    const { decisions } = new MemorySealer(world.clock, 'recovery');
    const id = (await world.home({ decisions })).hsm?.lost[0]?.finding ?? '';
    const event = acknowledgementEvent({ id, hsm: 'contoso', key: 'late' }, person('bob'), 'TICKET-1');
    await new ChainedAuditLog(world.auditStore, world.anchor, world.clock).note(event);
    expect(await world.home({ decisions })).toMatchObject({
      verdict: 'at-risk',
      hsm: { counts: { lost: 1 } },
    });

    await new ChainedAuditLog(world.auditStore, world.anchor, world.clock, decisions).decide(event);
    expect((await world.home({ decisions })).hsm).toMatchObject({ lost: [], counts: { acknowledged: 1 } });
  });

  it('counts a purged key as lost whose last backup was found damaged, from the finding to the acknowledgement', async () => {
    const world = await purgedWorld();
    expect(await world.home()).toMatchObject({ verdict: 'safe' });
    expect((await world.keys()).items).toMatchObject([{ key: 'orders', state: 'purged', word: 'safe' }]);

    await world.findDamaged('orders');
    await world.clock.advance(MINUTE_MS);
    await world.scanned();
    const home = await world.home();
    expect(home).toMatchObject({
      sentence: '1 key LOST. Not every key is safe.',
      hsm: { counts: { lost: 1, restorable: 0 } },
    });
    expect((await world.keys()).items).toMatchObject([
      { key: 'orders', state: 'purged', word: 'lost', coverage: 'none' },
    ]);
    const id = home.hsm?.lost[0]?.finding ?? '';
    expect(id).not.toBe('');
    const log = new ChainedAuditLog(world.auditStore, world.anchor, world.clock);
    await log.note(acknowledgementEvent({ id, hsm: 'contoso', key: 'orders' }, person('bob'), 'TICKET-1'));
    expect((await world.home()).verdict).toBe('safe');
    await world.scanned();
    expect((await world.home()).hsm).toMatchObject({ lost: [], counts: { acknowledged: 1 } });
  });

  it('says of a key that took the name of a lost one how it is itself, and of the loss beside that', async () => {
    const world = await lostWorld();
    world.hsm.createKey('gone');
    await world.scanned();
    expect((await world.keys({ word: 'lost' })).items).toMatchObject([
      { key: 'gone', state: 'active', word: 'at-risk', risk: 'no-backup', loss: { lost: 'key' } },
    ]);
    await world.backUp('gone');
    await world.scanned();
    const [line] = (await world.keys({ search: 'gone' })).items;
    expect(line).toMatchObject({ word: 'safe', coverage: 'complete', loss: { lost: 'key' } });
    expect((await world.home()).sentence).toBe('1 key LOST. Not every key is safe.');

    await world.acknowledge('gone');
    const [after] = (await world.keys({ search: 'gone' })).items;
    expect(after).toMatchObject({ word: 'safe', loss: { acknowledged: { reason: 'TICKET-1' } } });
    expect((await world.keys({ word: 'lost' })).items).toEqual([]);
    expect((await world.home()).verdict).toBe('safe');
  });

  it('calls a lost key acknowledged as soon as it is, in lists and on its own page', async () => {
    const world = await lostWorld();
    const place = { hsm: 'contoso', key: 'gone' };
    const line = async () => (await findKey(world.listDeps, place, new Map())).line;
    expect(await line()).toMatchObject({ state: 'purged', word: 'lost', loss: { lost: 'key' } });

    await world.acknowledge('gone');
    const by = person('bob').name;
    expect(await line()).toMatchObject({
      word: 'acknowledged',
      loss: { acknowledged: { by, reason: 'TICKET-1' } },
    });
    expect((await world.keys({ word: 'lost' })).items).toEqual([]);
    expect((await world.keys({ word: 'acknowledged' })).items).toMatchObject([{ key: 'gone' }]);
    await world.scanned();
    expect((await world.keys({ sort: 'word' })).items.map(({ word }) => word)).toEqual([
      'acknowledged',
      'safe',
    ]);
  });

  it('keeps a loss lost where the audit log cannot be read, and says so', async () => {
    const world = await lostWorld();
    await world.acknowledge('gone');
    world.auditStore.parts = () => {
      throw new WardenError('storage-unavailable', { message: 'The storage is silent.' });
    };
    const page = await world.keys({ word: 'lost' });
    expect(page.items).toMatchObject([{ key: 'gone', word: 'lost' }]);
    expect(page.unknown).toEqual([
      'Whether the losses were acknowledged is not known: The storage is silent.',
    ]);
    expect((await world.home()).hsm?.warnings).toContain(page.unknown[0]);
  });

  it('calls a purged key left out, not safe, that was never to have a backup', async () => {
    const world = new ConsoleWorld();
    world.policy = aWatchPolicy({ selection: { ...EVERY_KEY, excludeTags: ['backup=never'] } });
    world.hsm.createKey('scratch', { tags: { backup: 'never' } });
    await world.scan();
    world.hsm.deleteKey('scratch');
    await world.scan();
    await world.clock.advance(91 * DAY_MS);
    await world.scanned();

    expect((await world.home()).verdict).toBe('safe');
    expect((await world.keys()).items).toMatchObject([
      { key: 'scratch', state: 'purged', word: 'excluded', coverage: 'excluded' },
    ]);
  });
});
