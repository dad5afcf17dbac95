/** Which checkpoint of a segment counts, when another is kept, and what a verdict on demand makes of them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { isoTime } from '../../../src/core/time.ts';
import { verifyOnward } from '../../../src/features/audit/verify-onward.ts';
import { CheckpointedLog, DAYS } from '../../support/checkpointed-log.ts';
import { DAY_MS, HOUR_MS } from '../../support/recovery-builders.ts';

let log: CheckpointedLog;
beforeEach(async () => {
  log = await CheckpointedLog.ofDays();
});

describe('the checkpoints of a segment', () => {
  const kept = () => log.checkpoints;
  const SEGMENT = 's'.repeat(26);
  const end = (seq: number, segment?: string) => ({
    part: { day: '2026-01-05', number: 1, ...(segment !== undefined && { segment }) },
    tip: { seq, hash: 'a'.repeat(64) },
    entries: seq,
    sealed: 0,
  });

  it.each([
    { name: 'farthest, though it was kept first', seqs: [7, 5], last: [7, 0] },
    { name: 'farthest, kept last', seqs: [5, 7], last: [7, 1] },
    { name: 'later of two of the same line', seqs: [7, 7], last: [7, 1] },
    { name: 'farthest of three', seqs: [5, 9, 7], last: [9, 1] },
  ])('give the $name', async ({ seqs, last: [seq = 0, hour = 0] }) => {
    const begin = log.clock.now();
    for (const [n, at] of seqs.entries()) {
      await log.clock.advance(begin + n * HOUR_MS - log.clock.now());
      await kept().keep(end(at), undefined);
    }

    expect(await kept().last(undefined)).toEqual({ ...end(seq), at: begin + hour * HOUR_MS });
  });

  it('give the later of two of the same line, whatever their names say', async () => {
    const begin = log.clock.now();
    await kept().keep(end(7), undefined);
    await log.clock.advance(HOUR_MS);
    await kept().keep(end(7), undefined);
    const [first = '', second = ''] = log.checkpointNames;
    const [early = '', late = ''] = [first, second].map((name) => log.once.texts.get(name));
    log.once.texts.set(first, late).set(second, early);

    expect((await kept().last(undefined))?.at).toBe(begin + HOUR_MS);
  });

  it('give none of another segment, wherever it lies', async () => {
    await kept().keep(end(7, SEGMENT), undefined);
    for (const [name, text] of log.once.texts) log.once.texts.set(name.replace(SEGMENT, 'first'), text);

    expect(await kept().last(undefined)).toBeUndefined();
    expect(await kept().last(SEGMENT)).toMatchObject(end(7, SEGMENT));
    expect(await kept().last('t'.repeat(26))).toBeUndefined();
  });

  it.each([
    { name: 'of now', age: 0, count: 0 },
    { name: 'of just less than twelve hours ago', age: 12 * HOUR_MS - 1, count: 0 },
    { name: 'of twelve hours ago', age: 12 * HOUR_MS, count: 1 },
    { name: 'of a clock that was ahead', age: -1, count: 1 },
  ])('get $count more after one $name', async ({ age, count }) => {
    await kept().keep(end(7), { ...end(5), at: log.clock.now() - age });

    expect(log.checkpointNames).toHaveLength(count);
  });

  it('say of which day none could be kept, and hide no fault of ours', async () => {
    const failure = new WardenError('storage-unreachable', { message: 'no answer' });
    log.once.faults.plant({ operation: 'write', act: () => Promise.reject(failure) });
    await kept().keep(end(7), undefined);
    expect(log.logger.lines).toMatchObject([
      {
        message: 'no checkpoint of the audit log could be kept',
        fields: { day: '2026-01-05', error: failure },
      },
    ]);

    log.once.faults.plant({ operation: 'write', act: () => Promise.reject(new TypeError('ours')) });
    await expect(kept().keep(end(7), undefined)).rejects.toThrow('ours');
  });
});

describe('a verdict on demand', () => {
  const verdict = async (full: boolean) => {
    const { store, anchor, clock, sealer, checkpoints } = log;
    const { decisions } = sealer;
    let found: Awaited<ReturnType<typeof verifyOnward>> | undefined;
    const { reads } = await log.readsOf(async () => {
      found = await verifyOnward({ store, anchor, clock, seals: decisions, checkpoints }, full);
      return undefined;
    });
    return { reads, ...found?.verdict };
  };

  it('goes on from the last checkpoint, and says from which line and of when', async () => {
    await log.process()(false);
    const at = isoTime(log.clock.now());
    const onward = await verdict(false);
    const full = await verdict(true);

    expect(onward).toMatchObject({ reads: 1, problems: [], from: { seq: expect.any(Number), at } });
    expect(full).toMatchObject({ reads: DAYS, problems: [], entries: onward.entries, sealed: onward.sealed });
    expect(full.from).toBeUndefined();
  });

  it('reads all where there is no checkpoint of the last day', async () => {
    expect(await verdict(false)).toMatchObject({ reads: DAYS, problems: [] });
    await log.process()(false);
    await log.clock.advance(DAY_MS);
    const old = await verdict(false);
    expect(old.reads).toBe(DAYS);
    expect(old.from).toBeUndefined();
  });

  it('reads all after a checkpoint of a clock that was ahead, and where there are none', async () => {
    await log.clock.advance(HOUR_MS);
    await log.process()(false);
    const behind = { now: () => log.clock.now() - HOUR_MS };
    const { store, anchor, clock, sealer, checkpoints } = log;
    const { decisions } = sealer;
    const deps = { store, anchor, seals: decisions };

    expect((await verifyOnward({ ...deps, clock: behind, checkpoints }, false)).from).toBeUndefined();
    expect((await verifyOnward({ ...deps, clock, checkpoints }, false)).from).toBeDefined();
    expect((await verifyOnward({ ...deps, clock }, false)).verdict.problems).toEqual([]);
  });

  it('finds what was changed before the checkpoint when it reads all', async () => {
    await log.process()(false);
    log.changeOldLine();

    expect((await verdict(false)).problems).toEqual([]);
    expect((await verdict(true)).problems?.[0]).toMatchObject({ problem: 'its content was changed' });
  });

  it('finds a log that was rolled back behind the checkpoint either way', async () => {
    await log.process()(false);
    log.store.contents.splice(2);
    log.anchor.tip = undefined;

    expect((await verdict(false)).problems).not.toEqual([]);
    expect((await verdict(true)).problems).not.toEqual([]);
  });
});
