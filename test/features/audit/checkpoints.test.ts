/** A process that begins reads on from the last sealed checkpoint; once a day, and in each full check, all is read. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { chainEntry, EMPTY_CHAIN, entryLine } from '../../../src/features/audit/entry.ts';
import { CheckpointedLog, DAYS } from '../../support/checkpointed-log.ts';
import { failureOf } from '../../support/errors.ts';
import { DAY_MS, HOUR_MS } from '../../support/recovery-builders.ts';

let log: CheckpointedLog;
beforeEach(async () => {
  log = await CheckpointedLog.ofDays();
});

describe('a process that begins', () => {
  it('reads all of a log of which no checkpoint is kept, and keeps one', async () => {
    expect(await log.readsOf(() => log.process()(false))).toEqual({ reads: DAYS, problem: undefined });
    expect(log.checkpointNames).toHaveLength(1);
  });

  it('reads only what follows the checkpoint, until a day after all was read', async () => {
    await log.process()(false);
    await log.clock.advance(HOUR_MS);
    const proof = log.process();

    expect(await log.readsOf(() => proof(false))).toEqual({ reads: 1, problem: undefined });
    await log.clock.advance(22 * HOUR_MS);
    expect(await log.readsOf(() => proof(false))).toMatchObject({ reads: 0 });
    await log.clock.advance(HOUR_MS);
    expect(await log.readsOf(() => proof(false))).toMatchObject({ reads: DAYS });
    expect(await log.readsOf(() => log.process()(true))).toMatchObject({ reads: DAYS });
  });

  it('finds what was changed before the checkpoint within a day, and in each full check', async () => {
    await log.process()(false);
    const proof = log.process();
    log.changeOldLine();

    expect(await proof(false)).toBeUndefined();
    expect(await log.process()(true)).toContain('its content was changed');
    await log.clock.advance(DAY_MS);
    expect(await proof(false)).toContain('its content was changed');
    expect(await log.process()(false)).toContain('its content was changed');
  });

  it('keeps few checkpoints, however many processes read all', async () => {
    for (let hour = 0; hour < 30; hour += 1) {
      await log.process()(true);
      await log.clock.advance(HOUR_MS);
    }
    expect(log.checkpointNames).toHaveLength(3);
  });

  it('is not kept from beginning where none can be sealed', async () => {
    log.sealer.faults.plant({
      operation: 'seal',
      act: () => {
        log.sealer.usePins({
          deployment: 'test',
          keys: [{ ...log.sealer.pin, until: '2020-01-01T00:00:00Z' }],
        });
      },
    });
    expect(await log.process()(false)).toBeUndefined();
    expect(log.logger.lines).toMatchObject([{ message: 'no checkpoint of the audit log could be kept' }]);
  });
});

describe('who can write the audit container', () => {
  const kept = () => {
    const [name = ''] = log.checkpointNames;
    return { name, text: log.once.texts.get(name) ?? '' };
  };
  const later = () => `checkpoints/first/${String(log.clock.now() + 1).padStart(16, '0')}.json`;

  it.each<{ name: string; attack: () => void }>([
    {
      name: 'without a seal that counts',
      attack: () => log.once.texts.set(kept().name, kept().text.replace(/"entries":\d+/, '"entries":1')),
    },
    {
      name: 'of another deployment',
      attack: () => log.sealer.usePins({ ...log.sealer.pinned, deployment: 'another' }),
    },
    { name: 'that is none', attack: () => log.once.texts.set(kept().name, '{') },
    {
      name: 'that was moved to another segment',
      attack: () => {
        const { name, text } = kept();
        log.once.texts.delete(name);
        log.once.texts.set(name.replace('first', 's'.repeat(26)), text);
      },
    },
  ])('can have all read, and nothing passed over: a checkpoint $name', async ({ attack }) => {
    await log.process()(false);
    attack();

    expect((await log.readsOf(() => log.process()(false))).reads).toBe(DAYS);
  });

  it.each([1, 5, 6, 300, 1_999])('hides no checkpoint behind %d that are none', async (count) => {
    await log.process()(false);
    log.plantLater(count);

    expect(await log.readsOf(() => log.process()(false))).toEqual({ reads: 1, problem: undefined });
  });

  it.each([2_000, 3_000])('shuts the gate with %d that are none, and has no other kept', async (count) => {
    await log.process()(false);
    const { name } = kept();
    log.plantLater(count);

    for (const full of [false, true]) {
      const failure = await failureOf(log.process()(full));
      expect([failure.code, failure.message]).toEqual([
        'audit-corrupt',
        'The checkpoints of the audit log cannot be found: none of the newest 2000 blobs under checkpoints/first/ has a good seal.',
      ]);
    }
    expect(log.checkpointNames.filter((one) => one !== name)).toHaveLength(count);
  });

  it('has none but the newest read where nothing is put before them', async () => {
    for (let day = 0; day < 20; day += 1) {
      await log.process()(true);
      await log.clock.advance(DAY_MS);
      await log.write();
    }
    let reads = 0;
    const act = () => {
      reads += 1;
    };
    log.once.faults.plant({ operation: 'read', times: 1_000, act });

    await log.checkpoints.last(undefined);

    expect(reads).toBe(5);
  });

  it('makes none of what the storage does not give', async () => {
    await log.process()(false);
    log.plantLater(20);
    log.once.faults.fail('read', new WardenError('storage-unavailable', { message: 'down' }));

    expect((await failureOf(log.process()(false))).code).toBe('storage-unavailable');
  });

  it('makes no checkpoint of days ago one of today', async () => {
    await log.process()(false);
    await log.clock.advance(DAY_MS);
    log.once.texts.set(later(), kept().text);
    log.changeOldLine();

    expect(await log.process()(false)).toContain('its content was changed');
  });
});

describe('state and audit log together', () => {
  it('cannot be rolled back behind a checkpoint, though a process that begins has seen neither', async () => {
    const before = { contents: [...log.store.contents], tip: log.anchor.tip };
    await log.clock.advance(DAY_MS);
    await log.write();
    await log.clock.advance(DAY_MS);
    await log.write();
    await log.process()(true);
    log.store.contents.splice(0, log.store.contents.length, ...before.contents);
    log.anchor.tip = before.tip;

    expect(await log.process()(false)).toContain('stands in a sealed checkpoint');
  });

  it.each<{ name: string; text: (first: string) => string }>([
    { name: 'blobs that are none', text: () => '{}' },
    { name: 'copies of the first', text: (first) => first },
  ])('cannot be rolled back behind a checkpoint that $name were put before', async ({ text }) => {
    await log.process()(false);
    const before = { contents: [...log.store.contents], tip: log.anchor.tip };
    const [first = ''] = log.checkpointNames;
    for (let day = 0; day < 2; day += 1) {
      await log.clock.advance(DAY_MS);
      await log.write();
    }
    await log.process()(true);
    log.store.contents.splice(0, log.store.contents.length, ...before.contents);
    log.anchor.tip = before.tip;
    log.plantLater(40, text(log.once.texts.get(first) ?? ''));

    for (const full of [false, true]) {
      expect(await log.process()(full)).toContain('stands in a sealed checkpoint');
    }
    expect(log.checkpointNames).toHaveLength(42);
  });

  it('cannot be written again from the first line on', async () => {
    await log.process()(false);
    let tip = EMPTY_CHAIN;
    for (const content of log.store.contents) {
      const texts = content.text
        .trimEnd()
        .split('\n')
        .map((line) => {
          const { event, actor, decision } = JSON.parse(line);
          const entry = chainEntry(tip, { event, actor, decision }, 1, 1);
          tip = { seq: entry.seq, hash: entry.hash };
          return entryLine(entry);
        });
      content.text = texts.join('');
    }
    log.anchor.tip = tip;

    expect(await log.process()(true)).toContain('it is not the line of a sealed checkpoint');
    expect(await log.process()(false)).toContain('does not follow');
  });
});
