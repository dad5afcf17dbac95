/** What the seal of a line is worth after the HSMs of the settings have changed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import {
  type AuditEvent,
  entryLine,
  entryOf,
  lineBody,
  parseEntry,
} from '../../../src/features/audit/entry.ts';
import { type DecisionSeals, decisionSeals, judgeOf } from '../../../src/features/audit/line-seals.ts';
import { AuditReader } from '../../../src/features/audit/log-reader.ts';
import { verifyAudit } from '../../../src/features/audit/verify-audit.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { person } from '../../support/recovery-builders.ts';

const URL = 'https://contoso.managedhsm.azure.net';
const ARM = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/contoso';
type Resources = Readonly<Record<string, string>>;

let clock: ManualClock;
let store: MemoryAuditStore;
let anchor: MemoryAuditAnchor;
let sealer: MemorySealer;

beforeEach(() => {
  clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12) });
  store = new MemoryAuditStore(clock);
  anchor = new MemoryAuditAnchor();
  sealer = new MemorySealer(clock, 'recovery');
});

/** What a process with these HSMs in its settings seals and judges with. */
function withHsms(resources: Resources): DecisionSeals {
  const pinned = async () => sealer.pinned;
  return decisionSeals(
    { sealer, pinned },
    (hsm) => resources[hsm],
    (hsm) => resources[hsm] && URL,
  );
}

function about(hsm: string): AuditEvent {
  return { event: 'break-glass-noted', actor: person('bob'), decision: 'noted', hsm };
}

async function decide(resources: Resources, event: AuditEvent): Promise<void> {
  await new ChainedAuditLog(store, anchor, clock, withHsms(resources)).decide(event);
}

/** What a process with these HSMs makes of the log: both readers of it. */
async function read(resources: Resources) {
  const seals = withHsms(resources);
  const { problems } = await verifyAudit(store, anchor, { seals });
  const counts: (true | string)[] = [];
  await new AuditReader(store, anchor, seals).advance((_entry, verdict) => {
    counts.push(verdict.good ? true : verdict.why);
  });
  return { problems, counts };
}

/** A line as it was sealed before lines named the resource. */
async function sealAsBefore(hsm: string, resource: string | undefined): Promise<void> {
  const log = new ChainedAuditLog(store, anchor, clock);
  await log.note(about(hsm));
  const [noted] = store.lines.map((line) => parseEntry(line));
  if (noted === undefined) throw new Error('expected a line');
  const line = lineBody({ seq: 0, hash: noted.prev }, about(hsm), noted.at, noted.occurredAt, true);
  const facts = { position: line.seq, facts: { kind: 'line', content: line } };
  const entry = entryOf(
    line,
    await sealer.seal('decision', { ...facts, ...(resource && { hsm: resource }) }),
  );
  store.rewrite(() => [entryLine(entry).trimEnd()]);
  anchor.tip = { seq: entry.seq, hash: entry.hash };
}

const CHANGES = [
  { name: 'the HSM was taken out', before: { contoso: URL }, after: {}, says: 'name no HSM contoso' },
  { name: 'its resource was added', before: { contoso: URL }, after: { contoso: ARM }, says: ARM },
  { name: 'its URL was changed', before: { contoso: URL }, after: { contoso: `${URL}:8443` }, says: ':8443' },
  { name: 'another HSM has its name', before: { contoso: ARM }, after: { contoso: URL }, says: ARM },
];

describe('after a change of the settings', () => {
  it.each(CHANGES)(
    'a decision does not count, and the log is whole: $name',
    async ({ before, after, says }) => {
      await decide(before, about('contoso'));
      await decide(before, { ...about('contoso'), event: 'recovery-requested' });

      expect(await read(before)).toEqual({ problems: [], counts: [true, true] });
      const { problems, counts } = await read(after);
      expect(problems).toEqual([]);
      expect(counts).toHaveLength(2);
      for (const why of counts) expect(why).toContain(says);
    },
  );

  it('that names an HSM only later the log is whole, and what was noted of it does not count', async () => {
    await decide({}, about('contoso'));

    const { problems, counts } = await read({ contoso: URL });
    expect(problems).toEqual([]);
    expect(counts).not.toEqual([true]);
  });

  it.each([...CHANGES.slice(0, 2), { name: 'the HSM was added', before: {}, after: { contoso: URL } }])(
    'a line that was sealed before lines named the resource is not called forged: $name',
    async ({ before, after }: { readonly before: Resources; readonly after: Resources }) => {
      await sealAsBefore('contoso', before.contoso);

      expect(await read(before)).toEqual({ problems: [], counts: [true] });
      const { problems, counts } = await read(after);
      expect(problems).toEqual([]);
      expect(counts).toEqual([expect.stringContaining('otherwise than then')]);
    },
  );

  it('decisions about no HSM count as before', async () => {
    const { hsm: _hsm, ...event } = about('contoso');
    await decide({ contoso: URL }, event);

    expect(await read({})).toEqual({ problems: [], counts: [true] });
  });
});

describe('a seal in another line', () => {
  it.each([
    { name: 'about another key', change: { key: 'payroll' } },
    { name: 'about another HSM of the settings', change: { hsm: 'contoso-dr' } },
    {
      name: 'about another key, with the resource taken out',
      change: { key: 'payroll', resource: undefined },
    },
  ])('breaks the log: $name', async ({ change }) => {
    const resources = { contoso: URL, 'contoso-dr': ARM };
    await decide(resources, about('contoso'));
    store.rewrite(([line = '']) => {
      const parsed = parseEntry(line);
      if (parsed === undefined) throw new Error('expected a line');
      const { hash: _hash, seal, ...body } = parsed;
      const changed = JSON.parse(JSON.stringify({ ...body, ...change }));
      const entry = entryOf(changed, seal);
      anchor.tip = { seq: entry.seq, hash: entry.hash };
      return [entryLine(entry).trimEnd()];
    });

    const { problems } = await verifyAudit(store, anchor, { seals: withHsms(resources) });
    expect(problems[0]?.problem).toContain('was not made for these facts');
  });
});

describe('a seal', () => {
  const { hsm: _hsm, ...ofNoHsm } = about('contoso');
  const body = (event: AuditEvent) => lineBody({ seq: 4, hash: 'a'.repeat(64) }, event, 9, 8, true);

  it('of a line without an HSM is about none, whatever the settings make of names', async () => {
    const seals = decisionSeals(
      { sealer, pinned: async () => sealer.pinned },
      (hsm) => `https://${hsm}.test`,
    );
    const { seal, hash: _hash, ...line } = await seals.sealLine(body(ofNoHsm));

    expect(line).toStrictEqual(body(ofNoHsm));
    expect(seal).toBeDefined();
    expect(sealer.asked).toStrictEqual([
      { purpose: 'decision', facts: { position: 5, facts: { kind: 'line', content: line } } },
    ]);
  });

  it.each([
    {
      name: 'that the settings name',
      resources: { contoso: ARM },
      resource: { resource: ARM },
      hsm: { hsm: ARM },
    },
    { name: 'that they do not name', resources: {}, resource: {}, hsm: {} },
  ])('of a line about an HSM $name says so', async ({ resources, resource, hsm }) => {
    const { seal: _seal, hash: _hash, ...line } = await withHsms(resources).sealLine(body(about('contoso')));

    expect(line).toStrictEqual({ ...body(about('contoso')), ...resource });
    expect(sealer.asked[0]?.facts).toStrictEqual({
      position: 5,
      facts: { kind: 'line', content: line },
      ...hsm,
    });
  });

  it('cannot be made without a key, and nothing is decided', async () => {
    const seals = decisionSeals({ pinned: async () => sealer.pinned }, () => undefined);
    const refused = {
      code: 'seal-unavailable',
      message:
        'No decision can be sealed: the settings pin a key of the recovery app, and name none that this app seals with.',
      advice: 'Set WARDEN_SEAL_KEY_URL of the recovery app to its key (hsm-warden seal show).',
    };

    await expect(seals.seal({ kind: 'outcome', content: {} })).rejects.toMatchObject(refused);
    await expect(seals.sealLine(body(ofNoHsm))).rejects.toMatchObject(refused);
  });

  it('that is missing does not count for a decision beside the log, nor one of another kind', async () => {
    const seals = withHsms({});
    const judge = await seals.judge();
    const seal = await seals.seal({ kind: 'outcome', content: { n: 1 } });

    expect(judge.decision({ kind: 'outcome', content: { n: 1 } }, seal).good).toBe(true);
    expect(judge.decision({ kind: 'adoption', content: { n: 1 } }, seal).good).toBe(false);
    expect(judge.decision({ kind: 'outcome', content: { n: 2 } }, seal).good).toBe(false);
    expect(judge.decision({ kind: 'outcome', content: { n: 1 } }, undefined)).toEqual({
      good: false,
      why: 'it has none',
    });
  });

  it('by a key that is not pinned any more says so, also on a line of before lines named the resource', async () => {
    await sealAsBefore('contoso', URL);
    sealer.usePins({ ...sealer.pinned, keys: [new MemorySealer(clock, 'recovery').pin] });

    for (const resources of [{ contoso: URL }, { contoso: ARM }, {}]) {
      const { problems, counts } = await read(resources);
      expect(problems).toEqual([]);
      expect(counts).toEqual([expect.stringMatching(/^its key .* is not pinned$/)]);
    }
  });

  it('counts for everything where decisions are not sealed', async () => {
    const judge = await judgeOf(undefined);

    expect(judge.line(entryOf(body(ofNoHsm))).good).toBe(true);
    expect(judge.decision({ kind: 'outcome', content: {} }, undefined).good).toBe(true);
  });
});
