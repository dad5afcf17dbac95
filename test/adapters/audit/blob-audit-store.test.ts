/** The audit log on real append and block blobs. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANCHOR_BLOB, auditBlobName, parseAuditBlobName } from '../../../src/adapters/audit/audit-names.ts';
import { BlobAuditAnchor } from '../../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import { type AuditEvent, chainEntry, entryLine } from '../../../src/features/audit/entry.ts';
import { verifyAudit } from '../../../src/features/audit/verify-audit.ts';
import { describeAuditStore } from '../../contract/audit-store.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

async function aContainer() {
  const name = `c${randomBytes(6).toString('hex')}`;
  const container = createBlobService(azurite.access).getContainerClient(name);
  await container.create();
  return container;
}

function anEvent(detail: string): AuditEvent {
  return { event: 'noted', actor: { kind: 'person', id: 'bob', name: 'bob' }, decision: 'noted', detail };
}

describe('the names of the audit log', () => {
  it.each([
    { part: { day: '2026-11-24', number: 1 }, name: '2026/11/24.jsonl' },
    { part: { day: '2026-11-24', number: 2 }, name: '2026/11/24.p0002.jsonl' },
    {
      part: { segment: 's'.repeat(26), day: '2026-11-24', number: 2 },
      name: `segments/${'s'.repeat(26)}/2026/11/24.p0002.jsonl`,
    },
  ])('are $name, both ways', ({ part, name }) => {
    expect(auditBlobName(part)).toBe(name);
    expect(parseAuditBlobName(name)).toEqual(part);
  });

  it.each(['2026/11/24.p0001.jsonl', '2026/11/24.json', 'x/2026/11/24.jsonl'])('are not %s', (name) => {
    expect(parseAuditBlobName(name)).toBeUndefined();
  });
});

describe('the audit log on append blobs', () => {
  it('is one chain whoever writes at the same time, and goes on in another process', async () => {
    const container = await aContainer();
    const make = () => {
      const options = { container, clock: systemClock };
      return new ChainedAuditLog(new BlobAuditStore(options), new BlobAuditAnchor(options), systemClock);
    };
    const writers = Array.from({ length: 6 }, make);

    await Promise.all(
      writers.flatMap((log, w) => [0, 1, 2, 3, 4, 5].map((n) => log.note(anEvent(`${w}/${n} \u20ac`)))),
    );
    await make().note(anEvent('another process'));

    const options = { container, clock: systemClock };
    const verdict = await verifyAudit(new BlobAuditStore(options), new BlobAuditAnchor(options));
    expect(verdict).toMatchObject({ entries: 37, problems: [] });
  });

  it('seals a day that is over and goes on in the next', async () => {
    const container = await aContainer();
    const options = { container, clock: systemClock };
    const store = new BlobAuditStore(options);
    const log = new ChainedAuditLog(store, new BlobAuditAnchor(options), systemClock);
    const yesterday = { day: '2020-02-29', number: 1 };
    await store.open(yesterday);
    await log.note(anEvent('first, into the part that is open'));
    await log.note(anEvent('second, after the day has changed'));

    const verdict = await verifyAudit(store, new BlobAuditAnchor(options));

    expect(verdict).toMatchObject({ entries: 3, problems: [] });
    expect(await store.read(yesterday)).toContain('part-sealed');
  });

  it('finds the log cut short, by the anchor', async () => {
    const container = await aContainer();
    const options = { container, clock: systemClock };
    const store = new BlobAuditStore(options);
    const log = new ChainedAuditLog(store, new BlobAuditAnchor(options), systemClock);
    await log.note(anEvent('one'));
    for await (const part of store.parts()) await container.deleteBlob(auditBlobName(part));

    const verdict = await verifyAudit(store, new BlobAuditAnchor(options));

    expect(verdict.problems).toHaveLength(1);
  });
});

describe('a part of the audit log', () => {
  const PART = { day: '2026-11-24', number: 1 };
  const MB = 1024 * 1024;

  it.each([
    { name: 'no line', lengths: [] },
    { name: 'one byte less than a piece', lengths: [MB - 1] },
    { name: 'just a piece', lengths: [MB] },
    { name: 'a byte more than a piece', lengths: [MB, 1] },
    { name: 'pieces that cut a character', lengths: [MB - 1, 700_000, MB, 2] },
  ])('with $name is read whole, and from any of its lines on', async ({ lengths }) => {
    const store = new BlobAuditStore({ container: await aContainer(), clock: systemClock });
    await store.open(PART);
    let whole = '';
    for (const length of lengths) {
      // As many bytes as it says, in characters of two where they fit.
      const line = `${'\u00f6'.repeat((length - 1) / 2)}${length % 2 === 0 ? 'o' : ''}\n`;
      await store.append(PART, line, Buffer.byteLength(whole));
      whole += line;
    }

    expect((await store.read(PART)) === whole).toBe(true);
    const first = whole.indexOf('\n') + 1;
    const rest = whole.slice(first);
    expect((await store.read(PART, Buffer.byteLength(whole.slice(0, first)))) === rest).toBe(true);
  });
});

describe('a later segment of the audit log', () => {
  it('is apart from the first, and the anchor keeps to it as it advances', async () => {
    const container = await aContainer();
    const options = { container, clock: systemClock };
    const store = new BlobAuditStore(options);
    const anchor = new BlobAuditAnchor(options);
    await new ChainedAuditLog(store, anchor, systemClock).note(anEvent('in the first'));
    const segment = 's'.repeat(26);
    const base = { seq: 7, hash: 'b'.repeat(64) };
    const entry = chainEntry(base, { ...anEvent('why'), event: 'log-rearmed' }, 1, 1);
    const part = { segment, day: '2020-02-29', number: 1 };
    await store.open(part);
    await store.append(part, entryLine(entry), 0);
    const state = { seq: 8, hash: entry.hash, segment: { name: segment, base, armed: entry.hash } };
    await anchor.restart(state);

    const tip = await new ChainedAuditLog(store, new BlobAuditAnchor(options), systemClock).note(
      anEvent('on'),
    );

    expect(tip.seq).toBe(10);
    expect(await new BlobAuditAnchor(options).read()).toEqual({ ...state, ...tip });
    expect(await verifyAudit(store, anchor)).toMatchObject({ entries: 3, problems: [] });
    expect((await store.end(true))?.lines).toBe(1);
  });
});

describe('the anchor of the audit log', () => {
  it('is made before the first line, and never again once it was removed', async () => {
    const container = await aContainer();
    const options = { container, clock: systemClock };
    const store = new BlobAuditStore(options);
    const log = new ChainedAuditLog(store, new BlobAuditAnchor(options), systemClock);
    await log.note(anEvent('one'));
    await container.deleteBlob(ANCHOR_BLOB);
    const restarted = new ChainedAuditLog(store, new BlobAuditAnchor(options), systemClock);

    for (const writer of [log, restarted]) {
      await expect(writer.note(anEvent('more'))).rejects.toMatchObject({ code: 'audit-corrupt' });
    }
    const { problems } = await verifyAudit(store, new BlobAuditAnchor(options));
    expect(problems.map(({ problem }) => problem)).toEqual([expect.stringContaining('is gone')]);
  });
});

describeAuditStore('on append blobs', async () => ({
  store: new BlobAuditStore({ container: await aContainer(), clock: systemClock }),
}));
