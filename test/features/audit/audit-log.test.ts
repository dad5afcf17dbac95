/** The audit log: one chain whoever writes, and no way to change it unseen. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { type AuditPart, ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import { type AuditEvent, chainEntry, entryLine, parseEntry } from '../../../src/features/audit/entry.ts';
import { verifyAudit, verifyParts } from '../../../src/features/audit/verify-audit.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';

const DAY_MS = 86_400_000;

function anEvent(detail: string): AuditEvent {
  return {
    event: 'recovery-approved',
    actor: { kind: 'person', id: 'bob', name: 'bob@contoso.test' },
    decision: 'allowed',
    detail,
  };
}

function aLog() {
  const clock = new ManualClock();
  const store = new MemoryAuditStore(clock);
  const anchor = new MemoryAuditAnchor();
  return { clock, store, anchor, log: new ChainedAuditLog(store, anchor, clock) };
}

/** A log over several days: `days[n]` lines on the n-th. */
async function aLogOf(days: readonly number[]) {
  const world = aLog();
  for (const [day, lines] of days.entries()) {
    if (day > 0) await world.clock.advance(DAY_MS);
    for (let line = 0; line < lines; line += 1)
      await world.log.note(anEvent(`day ${day} line ${line} \u00e4`));
  }
  return world;
}

describe('writing', () => {
  it('chains across days and seals a day before the next begins', async () => {
    const { store, anchor } = await aLogOf([2, 1, 0, 2]);

    const verdict = await verifyAudit(store, anchor);

    expect(verdict.problems).toEqual([]);
    expect(store.contents.map(({ part }) => part.day)).toEqual(['2026-01-01', '2026-01-02', '2026-01-04']);
    expect(verdict.entries).toBe(5 + 2);
    expect(anchor.tip).toEqual(verdict.tip);
  });

  it('makes one chain of what many writers write at the same time, also over midnight', async () => {
    const { clock, store, anchor, log } = aLog();
    const others = Array.from({ length: 5 }, () => new ChainedAuditLog(store, anchor, clock));
    await log.note(anEvent('first'));
    await clock.advance(DAY_MS);

    await Promise.all(
      others.flatMap((other, n) => [0, 1, 2].map((line) => other.note(anEvent(`${n}/${line}`)))),
    );

    const verdict = await verifyAudit(store, anchor);
    expect(verdict).toMatchObject({ problems: [], entries: 1 + 15 + 1 });
  });

  it('fails no note for a conflict, though two hundred other writers were faster', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const store = new MemoryAuditStore(clock);
    const anchor = new MemoryAuditAnchor();
    const log = new ChainedAuditLog(store, anchor, clock);
    await log.note(anEvent('first'));
    const conflict = new WardenError('state-conflict', { message: 'Another writer was faster.' });
    store.faults.fail('append', conflict, { times: 200 });

    expect((await log.note(anEvent('second'))).seq).toBe(2);
  });

  it('seals every decision of three writers at its place, whoever was faster, and fails none', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const store = new MemoryAuditStore(clock);
    const anchor = new MemoryAuditAnchor();
    const seals = new MemorySealer(clock, 'recovery').decisions;
    const writers = [1, 2, 3].map(() => new ChainedAuditLog(store, anchor, clock, seals));
    await Promise.all(
      writers.flatMap((log, n) =>
        Array.from({ length: 20 }, (_, line) =>
          line % 2 === 0 ? log.decide(anEvent(`${n}/${line}`)) : log.note(anEvent(`${n}/${line}`)),
        ),
      ),
    );

    const verdict = await verifyAudit(store, anchor, { seals });
    expect(verdict).toMatchObject({ problems: [], entries: 60, sealed: 30 });
  });

  it('notes words that cannot be stored as they are, well-formed and cut', async () => {
    const { log, store, anchor } = aLog();
    await log.note(anEvent(`half \ud83d ${'\u{1f600}'.repeat(3_000)}`));

    expect((await verifyAudit(store, anchor)).problems).toEqual([]);
    expect(store.lines[0]?.length).toBeLessThan(5_000);
  });

  it('notes a name that cannot be stored as it is, well-formed', async () => {
    const { store, log } = aLog();
    await log.note({ ...anEvent('x'), actor: { kind: 'service', id: 'x', name: 'bob\ud83d' } });

    expect(parseEntry(store.lines[0] ?? '')?.actor.name).toBe('bob\ufffd');
  });

  it('begins one part after a seal though the clocks of two front ends differ over midnight', async () => {
    const { clock, store, anchor, log } = await aLogOf([1]);
    const { end, open } = { end: store.end.bind(store), open: store.open.bind(store) };
    await clock.advance(DAY_MS);
    store.faults.fail('open', new WardenError('storage-unreachable', { message: 'killed here' }));
    await expect(log.note(anEvent('seals'))).rejects.toMatchObject({ code: 'storage-unreachable' });
    const opened: string[] = [];
    store.open = async (part) => {
      opened.push(`${part.day}/${part.number}`);
      return open(part);
    };
    store.end = async (fresh) => {
      const found = await end(fresh);
      return found && { ...found, serviceTime: found.serviceTime - DAY_MS };
    };
    await new ChainedAuditLog(store, anchor, clock).note(anEvent('by a clock that is behind'));

    expect(opened).toEqual(['2026-01-02/1']);
  });

  it('goes on after a writer died between the seal and the next part', async () => {
    const { clock, store, anchor, log } = await aLogOf([1]);
    await clock.advance(DAY_MS);
    store.faults.fail('open', new WardenError('storage-unreachable', { message: 'killed here' }));

    await expect(log.note(anEvent('lost'))).rejects.toMatchObject({ code: 'storage-unreachable' });
    await log.note(anEvent('again'));

    expect((await verifyAudit(store, anchor)).problems).toEqual([]);
    expect(store.lines.at(-1)).toContain('again');
  });

  it('refuses to write behind a damaged line', async () => {
    const { store, log } = await aLogOf([2]);
    const [today] = store.contents;
    if (today !== undefined) today.text = `${today.text}half a li\n`;

    await expect(log.note(anEvent('more'))).rejects.toMatchObject({ code: 'audit-corrupt' });
  });
});

describe('verifying', () => {
  const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

  async function texts(days: readonly number[]) {
    const { store, anchor } = await aLogOf(days);
    return { parts: store.contents.map((content) => ({ ...content })), tip: anchor.tip };
  }

  it.each([16, 17, 33])('reads a log of %i parts whole and in order', async (days) => {
    const { store, anchor } = await aLogOf(Array.from({ length: days }, () => 1));

    const verdict = await verifyAudit(store, anchor);

    expect(store.contents).toHaveLength(days);
    expect(verdict).toMatchObject({ problems: [], entries: 2 * days - 1, tip: anchor.tip });
  });

  it('finds a line after the seal of a day, though it is chained to it', async () => {
    const { clock, store, anchor } = await aLogOf([1, 1]);
    const [first] = store.contents;
    const seal = parseEntry(first?.text.trim().split('\n').at(-1) ?? '');
    const late = chainEntry(
      { seq: seal?.seq ?? 0, hash: seal?.hash ?? '' },
      anEvent('late'),
      clock.now(),
      clock.now(),
    );
    if (first !== undefined) first.text += entryLine(late);

    const { problems } = await verifyAudit(store, anchor);

    expect(problems[0]).toMatchObject({ part: first?.part });
  });

  test.prop([shape], { numRuns: 50 })('finds nothing in a log nobody touched', async (days) => {
    const { parts, tip } = await texts(days);

    expect(verifyParts(parts, tip).problems).toEqual([]);
  });

  test.prop(
    [
      shape,
      fc.nat(),
      fc.constantFrom('change', 'remove', 'repeat', 'swap', 'cut', 'cut-part', 'rehash', 'move'),
      fc.nat(),
    ],
    {
      numRuns: 600,
    },
  )('finds any change, removal, repetition, reordering or truncation', async (days, where, how, offset) => {
    const { parts, tip } = await texts(days);
    const before = JSON.stringify(parts);
    attack(parts, where, how, offset);
    fc.pre(JSON.stringify(parts) !== before);

    expect(verifyParts(parts, tip).problems).not.toEqual([]);
  });

  it('finds a log that was removed whole', () => {
    expect(verifyParts([], { seq: 3, hash: 'a'.repeat(64) }).problems).toHaveLength(1);
    expect(verifyParts([], undefined).problems).toEqual([]);
  });

  it('finds that the anchor was removed, also after further lines, which nothing is done for', async () => {
    const { store, anchor, log } = await aLogOf([3]);
    const [today] = store.contents;
    if (today !== undefined) today.text = `${today.text.split('\n').slice(0, 2).join('\n')}\n`;
    anchor.tip = undefined;

    expect((await verifyAudit(store, anchor)).problems).toHaveLength(1);
    await expect(log.note(anEvent('more'))).rejects.toMatchObject({ code: 'audit-corrupt' });
    expect(anchor.tip).toBeUndefined();
    expect((await verifyAudit(store, anchor)).problems).toHaveLength(1);
  });

  it('finds nothing in a log that was begun while it was read', async () => {
    const { store, anchor, log } = aLog();
    const parts = store.parts.bind(store);
    store.parts = async function* () {
      store.parts = parts;
      await log.note(anEvent('the very first'));
      yield* parts();
    };

    expect(await verifyAudit(store, anchor)).toMatchObject({ entries: 1, problems: [] });
  });

  it('goes on after the first writer died before its first line, or right after it', async () => {
    const { clock, store, anchor, log } = aLog();
    const advance = anchor.advance.bind(anchor);
    anchor.advance = () => Promise.reject(new Error('killed'));
    await expect(log.note(anEvent('one'))).rejects.toThrow('killed');
    anchor.advance = advance;
    await new ChainedAuditLog(store, anchor, clock).note(anEvent('two'));

    expect(await verifyAudit(store, anchor)).toMatchObject({ entries: 2, problems: [] });
  });

  it('finds a log that was written again, whole in itself', async () => {
    const first = await texts([3]);
    const { store, log } = aLog();
    for (const detail of ['forged 1', 'forged 2', 'forged 3', 'forged 4']) await log.note(anEvent(detail));
    const forged = store.contents;

    expect(verifyParts(forged, undefined).problems).toEqual([]);
    expect(verifyParts(forged, first.tip).problems).not.toEqual([]);
  });
});

function attack(
  parts: { part: AuditPart; text: string }[],
  where: number,
  how: string,
  offset: number,
): void {
  const index = where % parts.length;
  const target = parts[index];
  if (target === undefined) return;
  const lines = target.text.split('\n').slice(0, -1);
  const at = offset % lines.length;
  const line = lines[at] ?? '';
  switch (how) {
    case 'change': {
      const place = offset % line.length;
      lines[at] = `${line.slice(0, place)}${line[place] === '1' ? '2' : '1'}${line.slice(place + 1)}`;
      break;
    }
    case 'rehash':
      lines[at] = line.replace('"bob"', '"eve"');
      break;
    case 'remove':
      lines.splice(at, 1);
      break;
    case 'repeat':
      lines.splice(at, 0, line);
      break;
    case 'swap':
      lines.splice(at, 2, ...lines.slice(at, at + 2).reverse());
      break;
    case 'cut':
      lines.length = at;
      break;
    case 'cut-part':
      parts.splice(index, 1);
      return;
    default:
      parts.push(...parts.splice(index, 1));
      return;
  }
  target.text = lines.map((kept) => `${kept}\n`).join('');
}
