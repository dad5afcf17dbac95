/** A process that begins reads on from the last sealed checkpoint; once a day, and in each full check, all is read. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { isoTime } from '../../../src/core/time.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import { Checkpoints } from '../../../src/features/audit/checkpoints.ts';
import { chainEntry, EMPTY_CHAIN, entryLine } from '../../../src/features/audit/entry.ts';
import { verifyOnward } from '../../../src/features/audit/verify-onward.ts';
import { auditProof } from '../../../src/features/recovery/access/audit-proof.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemoryOnceStore } from '../../support/memory/memory-once-store.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { DAY_MS, HOUR_MS, person } from '../../support/recovery-builders.ts';

const EVENT = { event: 'recovery-requested', actor: person('alice'), decision: 'allowed' } as const;
const DAYS = 5;

let clock: ManualClock;
let store: MemoryAuditStore;
let anchor: MemoryAuditAnchor;
let once: MemoryOnceStore;
let sealer: MemorySealer;
let logger: RecordingLogger;

/** What a process that begins now proves of the log. */
function process() {
  const { decisions } = sealer;
  const checkpoints = new Checkpoints({ once, decisions, clock, logger });
  const memory = { seen: () => undefined, hasRequests: async () => true, seals: decisions, checkpoints };
  return auditProof(store, anchor, clock, async () => undefined, memory);
}

const write = () => new ChainedAuditLog(store, anchor, clock, sealer.decisions).decide(EVENT);
const checkpointNames = () => [...once.texts.keys()].filter((name) => name.startsWith('checkpoints/'));

/** Puts blobs that say `text` before all checkpoints that are kept: their names are later ones. */
function plantLater(count: number, text = '{}'): void {
  for (let n = 1; n <= count; n += 1) {
    once.texts.set(`checkpoints/first/${String(clock.now() + n).padStart(16, '0')}.json`, text);
  }
}

/** How many parts are read by `proving`. */
async function readsOf(proving: () => Promise<string | undefined>) {
  let reads = 0;
  store.faults.plant({
    operation: 'read',
    times: 1_000,
    act: () => {
      reads += 1;
    },
  });
  const problem = await proving();
  store.faults.clear();
  return { reads, problem };
}

/** Changes a line of the first day and nothing else: only reading it shows that. */
function changeOldLine(): void {
  const [first] = store.contents;
  if (first !== undefined) first.text = first.text.replace('alice', 'mallory');
}

beforeEach(async () => {
  clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12), autoAdvance: true });
  store = new MemoryAuditStore(clock);
  anchor = new MemoryAuditAnchor();
  once = new MemoryOnceStore();
  sealer = new MemorySealer(clock, 'recovery');
  logger = new RecordingLogger();
  for (let day = 0; day < DAYS; day += 1) {
    if (day > 0) await clock.advance(DAY_MS);
    await write();
  }
});

describe('a process that begins', () => {
  it('reads all of a log of which no checkpoint is kept, and keeps one', async () => {
    expect(await readsOf(() => process()(false))).toEqual({ reads: DAYS, problem: undefined });
    expect(checkpointNames()).toHaveLength(1);
  });

  it('reads only what follows the checkpoint, until a day after all was read', async () => {
    await process()(false);
    await clock.advance(HOUR_MS);
    const proof = process();

    expect(await readsOf(() => proof(false))).toEqual({ reads: 1, problem: undefined });
    await clock.advance(22 * HOUR_MS);
    expect(await readsOf(() => proof(false))).toMatchObject({ reads: 0 });
    await clock.advance(HOUR_MS);
    expect(await readsOf(() => proof(false))).toMatchObject({ reads: DAYS });
    expect(await readsOf(() => process()(true))).toMatchObject({ reads: DAYS });
  });

  it('finds what was changed before the checkpoint within a day, and in each full check', async () => {
    await process()(false);
    const proof = process();
    changeOldLine();

    expect(await proof(false)).toBeUndefined();
    expect(await process()(true)).toContain('its content was changed');
    await clock.advance(DAY_MS);
    expect(await proof(false)).toContain('its content was changed');
    expect(await process()(false)).toContain('its content was changed');
  });

  it('keeps few checkpoints, however many processes read all', async () => {
    for (let hour = 0; hour < 30; hour += 1) {
      await process()(true);
      await clock.advance(HOUR_MS);
    }
    expect(checkpointNames()).toHaveLength(3);
  });

  it('is not kept from beginning where none can be sealed', async () => {
    sealer.faults.plant({
      operation: 'seal',
      act: () => {
        sealer.usePins({ deployment: 'test', keys: [{ ...sealer.pin, until: '2020-01-01T00:00:00Z' }] });
      },
    });
    expect(await process()(false)).toBeUndefined();
    expect(logger.lines).toMatchObject([{ message: 'no checkpoint of the audit log could be kept' }]);
  });
});

describe('who can write the audit container', () => {
  const kept = () => {
    const [name = ''] = checkpointNames();
    return { name, text: once.texts.get(name) ?? '' };
  };
  const later = () => `checkpoints/first/${String(clock.now() + 1).padStart(16, '0')}.json`;

  it.each<{ name: string; attack: () => void }>([
    {
      name: 'without a seal that counts',
      attack: () => once.texts.set(kept().name, kept().text.replace(/"entries":\d+/, '"entries":1')),
    },
    {
      name: 'of another deployment',
      attack: () => sealer.usePins({ ...sealer.pinned, deployment: 'another' }),
    },
    { name: 'that is none', attack: () => once.texts.set(kept().name, '{') },
    {
      name: 'that was moved to another segment',
      attack: () => {
        const { name, text } = kept();
        once.texts.delete(name);
        once.texts.set(name.replace('first', 's'.repeat(26)), text);
      },
    },
  ])('can have all read, and nothing passed over: a checkpoint $name', async ({ attack }) => {
    await process()(false);
    attack();

    expect((await readsOf(() => process()(false))).reads).toBe(DAYS);
  });

  it.each([1, 5, 6, 300, 1_999])('hides no checkpoint behind %d that are none', async (count) => {
    await process()(false);
    plantLater(count);

    expect(await readsOf(() => process()(false))).toEqual({ reads: 1, problem: undefined });
  });

  it.each([2_000, 3_000])('shuts the gate with %d that are none, and has no other kept', async (count) => {
    await process()(false);
    const { name } = kept();
    plantLater(count);

    for (const full of [false, true]) {
      const failure = await failureOf(process()(full));
      expect([failure.code, failure.message]).toEqual([
        'audit-corrupt',
        'The checkpoints of the audit log cannot be found: none of the newest 2000 blobs under checkpoints/first/ has a good seal.',
      ]);
    }
    expect(checkpointNames().filter((one) => one !== name)).toHaveLength(count);
  });

  it('has none but the newest read where nothing is put before them', async () => {
    for (let day = 0; day < 20; day += 1) {
      await process()(true);
      await clock.advance(DAY_MS);
      await write();
    }
    let reads = 0;
    const act = () => {
      reads += 1;
    };
    once.faults.plant({ operation: 'read', times: 1_000, act });

    await new Checkpoints({ once, decisions: sealer.decisions, clock, logger }).last(undefined);

    expect(reads).toBe(5);
  });

  it('makes none of what the storage does not give', async () => {
    await process()(false);
    plantLater(20);
    once.faults.fail('read', new WardenError('storage-unavailable', { message: 'down' }));

    expect((await failureOf(process()(false))).code).toBe('storage-unavailable');
  });

  it('makes no checkpoint of days ago one of today', async () => {
    await process()(false);
    await clock.advance(DAY_MS);
    once.texts.set(later(), kept().text);
    changeOldLine();

    expect(await process()(false)).toContain('its content was changed');
  });
});

describe('state and audit log together', () => {
  it('cannot be rolled back behind a checkpoint, though a process that begins has seen neither', async () => {
    const before = { contents: [...store.contents], tip: anchor.tip };
    await clock.advance(DAY_MS);
    await write();
    await clock.advance(DAY_MS);
    await write();
    await process()(true);
    store.contents.splice(0, store.contents.length, ...before.contents);
    anchor.tip = before.tip;

    expect(await process()(false)).toContain('stands in a sealed checkpoint');
  });

  it.each<{ name: string; text: (first: string) => string }>([
    { name: 'blobs that are none', text: () => '{}' },
    { name: 'copies of the first', text: (first) => first },
  ])('cannot be rolled back behind a checkpoint that $name were put before', async ({ text }) => {
    await process()(false);
    const before = { contents: [...store.contents], tip: anchor.tip };
    const [first = ''] = checkpointNames();
    for (let day = 0; day < 2; day += 1) {
      await clock.advance(DAY_MS);
      await write();
    }
    await process()(true);
    store.contents.splice(0, store.contents.length, ...before.contents);
    anchor.tip = before.tip;
    plantLater(40, text(once.texts.get(first) ?? ''));

    for (const full of [false, true]) {
      expect(await process()(full)).toContain('stands in a sealed checkpoint');
    }
    expect(checkpointNames()).toHaveLength(42);
  });

  it('cannot be written again from the first line on', async () => {
    await process()(false);
    let tip = EMPTY_CHAIN;
    for (const content of store.contents) {
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
    anchor.tip = tip;

    expect(await process()(true)).toContain('it is not the line of a sealed checkpoint');
    expect(await process()(false)).toContain('does not follow');
  });
});

describe('the checkpoints of a segment', () => {
  const kept = () => new Checkpoints({ once, decisions: sealer.decisions, clock, logger });
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
    const begin = clock.now();
    for (const [n, at] of seqs.entries()) {
      await clock.advance(begin + n * HOUR_MS - clock.now());
      await kept().keep(end(at), undefined);
    }

    expect(await kept().last(undefined)).toEqual({ ...end(seq), at: begin + hour * HOUR_MS });
  });

  it('give the later of two of the same line, whatever their names say', async () => {
    const begin = clock.now();
    await kept().keep(end(7), undefined);
    await clock.advance(HOUR_MS);
    await kept().keep(end(7), undefined);
    const [first = '', second = ''] = checkpointNames();
    const [early = '', late = ''] = [first, second].map((name) => once.texts.get(name));
    once.texts.set(first, late).set(second, early);

    expect((await kept().last(undefined))?.at).toBe(begin + HOUR_MS);
  });

  it('give none of another segment, wherever it lies', async () => {
    await kept().keep(end(7, SEGMENT), undefined);
    for (const [name, text] of once.texts) once.texts.set(name.replace(SEGMENT, 'first'), text);

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
    await kept().keep(end(7), { ...end(5), at: clock.now() - age });

    expect(checkpointNames()).toHaveLength(count);
  });

  it('say of which day none could be kept, and hide no fault of ours', async () => {
    const failure = new WardenError('storage-unreachable', { message: 'no answer' });
    once.faults.plant({ operation: 'write', act: () => Promise.reject(failure) });
    await kept().keep(end(7), undefined);
    expect(logger.lines).toMatchObject([
      {
        message: 'no checkpoint of the audit log could be kept',
        fields: { day: '2026-01-05', error: failure },
      },
    ]);

    once.faults.plant({ operation: 'write', act: () => Promise.reject(new TypeError('ours')) });
    await expect(kept().keep(end(7), undefined)).rejects.toThrow('ours');
  });
});

describe('a verdict on demand', () => {
  const verdict = async (full: boolean) => {
    const { decisions } = sealer;
    const checkpoints = new Checkpoints({ once, decisions, clock, logger });
    let found: Awaited<ReturnType<typeof verifyOnward>> | undefined;
    const { reads } = await readsOf(async () => {
      found = await verifyOnward({ store, anchor, clock, seals: decisions, checkpoints }, full);
      return undefined;
    });
    return { reads, ...found?.verdict };
  };

  it('goes on from the last checkpoint, and says from which line and of when', async () => {
    await process()(false);
    const at = isoTime(clock.now());
    const onward = await verdict(false);
    const full = await verdict(true);

    expect(onward).toMatchObject({ reads: 1, problems: [], from: { seq: expect.any(Number), at } });
    expect(full).toMatchObject({ reads: DAYS, problems: [], entries: onward.entries, sealed: onward.sealed });
    expect(full.from).toBeUndefined();
  });

  it('reads all where there is no checkpoint of the last day', async () => {
    expect(await verdict(false)).toMatchObject({ reads: DAYS, problems: [] });
    await process()(false);
    await clock.advance(DAY_MS);
    const old = await verdict(false);
    expect(old.reads).toBe(DAYS);
    expect(old.from).toBeUndefined();
  });

  it('reads all after a checkpoint of a clock that was ahead, and where there are none', async () => {
    await clock.advance(HOUR_MS);
    await process()(false);
    const behind = { now: () => clock.now() - HOUR_MS };
    const { decisions } = sealer;
    const checkpoints = new Checkpoints({ once, decisions, clock, logger });
    const deps = { store, anchor, seals: decisions };

    expect((await verifyOnward({ ...deps, clock: behind, checkpoints }, false)).from).toBeUndefined();
    expect((await verifyOnward({ ...deps, clock, checkpoints }, false)).from).toBeDefined();
    expect((await verifyOnward({ ...deps, clock }, false)).verdict.problems).toEqual([]);
  });

  it('finds what was changed before the checkpoint when it reads all', async () => {
    await process()(false);
    changeOldLine();

    expect((await verdict(false)).problems).toEqual([]);
    expect((await verdict(true)).problems?.[0]).toMatchObject({ problem: 'its content was changed' });
  });

  it('finds a log that was rolled back behind the checkpoint either way', async () => {
    await process()(false);
    store.contents.splice(2);
    anchor.tip = undefined;

    expect((await verdict(false)).problems).not.toEqual([]);
    expect((await verdict(true)).problems).not.toEqual([]);
  });
});
