/** Following the audit log: each line once, in order, and only as the continuation of what was read. */
import { beforeEach, expect, it } from 'vitest';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import { AuditReader } from '../../../src/features/audit/log-reader.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';

const DAY_MS = 86_400_000;
let clock: ManualClock;
let store: MemoryAuditStore;
let anchor: MemoryAuditAnchor;
let log: ChainedAuditLog;

beforeEach(() => {
  clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12) });
  store = new MemoryAuditStore(clock);
  anchor = new MemoryAuditAnchor();
  log = new ChainedAuditLog(store, anchor, clock);
});

async function note(...names: readonly string[]): Promise<void> {
  const actor = { kind: 'person', id: 'alice', name: 'alice' };
  for (const detail of names) await log.note({ event: 'noted', actor, decision: 'noted', detail });
}

/** What a reader hands over, one call after the other; with `isTail` it reads on where it was. */
function following(isTail = false) {
  const reader = new AuditReader(store, anchor);
  return async () => {
    const read: string[] = [];
    const take = ({ detail }: { readonly detail?: string }) => {
      if (detail !== undefined) read.push(detail);
    };
    await reader.advance(take, undefined, isTail);
    return read;
  };
}

it.each([false, true])(
  'hands over each line once, over days and their seals (tail only: %s)',
  async (isTail) => {
    const next = following(isTail);
    expect(await next()).toEqual([]);
    await note('a', 'b');
    expect(await next()).toEqual(['a', 'b']);
    await note('c');
    expect(await next()).toEqual(['c']);
    await clock.advance(DAY_MS);
    await note('d');
    expect(await next()).toEqual(['d']);
    expect(await next()).toEqual([]);
    expect(await following()()).toEqual(['a', 'b', 'c', 'd']);
  },
);

it('reads no line again where it need not compare what it read', async () => {
  await note('zo\u00eb', 'b');
  const next = following(true);
  await next();
  const sizes: number[] = [];
  const read = store.read.bind(store);
  store.read = async (part, from) => {
    const text = await read(part, from);
    sizes.push(Buffer.byteLength(text));
    return text;
  };
  await next();
  await note('c');
  expect(await next()).toEqual(['c']);

  expect(sizes).toEqual([0, Buffer.byteLength(`${store.lines.at(-1)}\n`)]);
});

it('refuses a tail that does not go on from what was read', async () => {
  await note('a');
  const next = following(true);
  await next();
  await note('b', 'c');
  store.rewrite((lines) => lines.toSpliced(1, 1));

  await expect(next()).rejects.toMatchObject({ code: 'audit-corrupt' });
});

it.each([
  { name: 'cut short', attack: () => store.rewrite((lines) => lines.slice(0, -1)) },
  { name: 'emptied', attack: () => store.rewrite(() => []) },
  {
    name: 'changed',
    attack: () => store.rewrite((lines) => lines.map((line) => line.replace('"b"', '"x"'))),
  },
  { name: 'reordered', attack: () => store.rewrite((lines) => lines.toReversed()) },
  { name: 'without a line', attack: () => store.rewrite((lines) => lines.toSpliced(1, 1)) },
  { name: 'without a part', attack: () => void store.contents.pop() },
])('a log that is $name is refused, by who read it before and by who did not', async ({ attack }) => {
  const next = following();
  await note('a', 'b', 'c');
  await next();
  attack();

  await expect(next()).rejects.toMatchObject({ code: 'audit-corrupt' });
  await expect(following()()).rejects.toMatchObject({ code: 'audit-corrupt' });
});

it('a log and an anchor that are rolled back together are known to who read them before', async () => {
  const next = following();
  await note('a');
  const before = await anchor.read();
  await note('b');
  await next();
  store.rewrite((lines) => lines.slice(0, 1));
  anchor.tip = before;

  await expect(next()).rejects.toMatchObject({ code: 'audit-corrupt' });
});

it('a line after the seal of a day is refused', async () => {
  await note('a');
  await clock.advance(DAY_MS);
  await note('b');
  const [first, second] = store.contents;
  if (first === undefined || second === undefined) throw new Error('expected two days');
  first.text += second.text;
  second.text = '';

  await expect(following()()).rejects.toMatchObject({ code: 'audit-corrupt' });
});
