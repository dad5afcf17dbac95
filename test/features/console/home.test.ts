/** The home page over what the scans left: what is known to be wrong, what is right, and what cannot be told. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { isoTime } from '../../../src/core/time.ts';
import { acknowledgementEvent } from '../../../src/features/audit/acknowledgements.ts';
import { ChainedAuditLog } from '../../../src/features/audit/audit-log.ts';
import type { LastRun } from '../../../src/features/backup/last-run.ts';
import { HomePage, sentenceOf } from '../../../src/features/console/home.ts';
import { findKey, KeyQuery, listKeys } from '../../../src/features/console/key-list.ts';
import { Losses, type LossesDeps } from '../../../src/features/console/losses.ts';
import { Summaries } from '../../../src/features/console/summaries.ts';
import type { DrillResult } from '../../../src/features/drill/model/result.ts';
import { fileResults } from '../../../src/features/drill/model/results.ts';
import { BelievingDocuments } from '../../../src/features/recovery-points/believing-documents.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { PointSeals } from '../../../src/features/recovery-points/point-seals.ts';
import { exchangeBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { summarizeScan } from '../../../src/features/status/summarize-scan.ts';
import { lostFindings } from '../../../src/features/watch/model/lost-findings.ts';
import { readWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { aDrillResult } from '../../support/a-drill-result.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';
import { MemoryKeyService } from '../../support/memory/memory-key-service.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { person } from '../../support/recovery-builders.ts';
import { aWatchPolicy, DAY_MS, MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

const SUMMARY = { kind: 'summary', hsm: 'contoso' } as const;
const LAST_RUN = { kind: 'last-run', hsm: 'contoso' } as const;
const RESOURCE = 'https://contoso.managedhsm.azure.net';
const NEVER = new AbortController().signal;

class ConsoleWorld extends WatchWorld {
  readonly auditStore = new MemoryAuditStore(this.clock);
  readonly anchor = new MemoryAuditAnchor();
  sealer: MemorySealer | undefined;

  get seals() {
    const { sealer } = this;
    return sealer === undefined ? undefined : { sealer, pinned: async () => sealer.pinned };
  }

  get store() {
    const { seals, clock } = this;
    if (seals === undefined) return this.state;
    return new BelievingDocuments(this.state, new PointSeals({ seals, clock, resourceOf: () => RESOURCE }));
  }

  get summaries(): Summaries {
    return new Summaries({
      store: this.store,
      clock: this.clock,
      seals: this.seals,
      resourceOf: () => RESOURCE,
    });
  }

  async scanned() {
    const result = await this.look();
    const { clock, logger, seals, state } = this;
    const deps = {
      keys: new MemoryKeyService(this.hsm),
      state,
      clock,
      logger,
      seals,
      resource: RESOURCE,
      scanSchedule: '0 */15 * * * *',
      drillDays: 30,
    };
    await summarizeScan(deps, this.policy, result, NEVER);
  }

  lossesBy({ decisions }: Pick<LossesDeps, 'decisions'>) {
    const { auditStore, anchor } = this;
    return new Losses({ auditStore, anchor, decisions });
  }

  get listDeps() {
    return {
      summaries: this.summaries,
      losses: this.lossesBy({ decisions: undefined }),
      hsms: ['contoso'],
    };
  }

  async home({ decisions }: Pick<LossesDeps, 'decisions'> = { decisions: undefined }) {
    const { store, summaries } = this;
    const losses = this.lossesBy({ decisions });
    const page = new HomePage({ store, summaries, losses, hsms: ['contoso'] });
    const hsms = await page.hsms();
    return { ...sentenceOf(hsms), hsm: hsms[0] };
  }

  keys(query: Record<string, string> = {}) {
    return listKeys(this.listDeps, KeyQuery.parse(query), new Map());
  }

  /** Bob acknowledges the loss of a key. */
  async acknowledge(key: string) {
    const [finding] = lostFindings(await readWatchState(this.state, 'contoso'));
    const id = finding?.id ?? '';
    const log = new ChainedAuditLog(this.auditStore, this.anchor, this.clock);
    await log.note(acknowledgementEvent({ id, hsm: 'contoso', key }, person('bob'), 'TICKET-1'));
  }

  /** A run over the HSM has come to its end. */
  async ran(runId: string, state: LastRun['state']) {
    const at = this.clock.now();
    const note: LastRun = { format: 1, hsm: 'contoso', runId, state, startedAt: at, endedAt: at };
    const before = await this.state.read(LAST_RUN);
    const guard = before === undefined ? 'absent' : { etag: before.etag };
    await this.state.write(LAST_RUN, JSON.stringify(note), guard);
  }

  /** The verification finds the key's only backup damaged: it is noted, and the catalogue names it no more. */
  async findDamaged(key: string) {
    const { blob = '' } = (await readCatalogue(this.state, 'contoso')).keys[key] ?? {};
    const verify = {
      ...{ format: 1, hsm: 'contoso', runId: 'r', startedAt: 1, endedAt: 2, checked: 1, bytes: 1, found: 1 },
      damaged: { [blob]: 2 },
    };
    await this.state.write({ kind: 'verify', hsm: 'contoso' }, JSON.stringify(verify), 'absent');
    await exchangeBackups(this.state, 'contoso', [{ key, blob, replacement: undefined }]);
  }

  /** Changes the stored summary as somebody could who can write the storage. */
  async tamper(change: (text: string) => string) {
    const stored = await this.state.read(SUMMARY);
    await this.state.write(SUMMARY, change(stored?.text ?? ''), { etag: stored?.etag ?? '' });
  }
}

async function aWorld(keys: readonly string[] = ['orders', 'users']): Promise<ConsoleWorld> {
  const world = new ConsoleWorld();
  for (const key of keys) {
    world.hsm.createKey(key);
    await world.backUp(key);
  }
  return world;
}

/** A world whose key `gone` was purged, and no backup brings it back. */
async function lostWorld(): Promise<ConsoleWorld> {
  const world = await aWorld(['orders']);
  world.hsm.createKey('gone');
  await world.look();
  world.hsm.deleteKey('gone');
  await world.look();
  await world.clock.advance(91 * DAY_MS);
  await world.backUp('orders');
  await world.scanned();
  return world;
}

/** A world whose only key was purged, and whose backup brings it back. */
async function purgedWorld(): Promise<ConsoleWorld> {
  const world = await aWorld(['orders']);
  await world.look();
  world.hsm.deleteKey('orders');
  await world.look();
  await world.clock.advance(91 * DAY_MS);
  await world.scanned();
  return world;
}

describe('the home page', () => {
  it('says that every key is safe, as of the last scan, and whether that is sealed', async () => {
    const world = await aWorld();
    await world.scanned();

    expect(await world.home()).toMatchObject({
      verdict: 'safe',
      sentence: 'Every key is safe (not sealed).',
      sealed: false,
      hsm: { counts: { active: 2, covered: 2, risks: 0 }, risks: [] },
    });
  });

  it('names the keys at risk', async () => {
    const world = await aWorld();
    world.hsm.createKey('unprotected');
    await world.scanned();

    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      sentence: '1 key at risk. Not every key is safe.',
      hsm: { risks: [{ key: 'unprotected', risk: 'no-backup' }] },
    });
  });

  it('cannot tell once the next scan is late, and keeps saying what was wrong', async () => {
    const world = await aWorld();
    await world.scanned();
    await world.clock.advance(20 * MINUTE_MS);
    expect((await world.home()).verdict).toBe('safe');
    await world.clock.advance(20 * MINUTE_MS);

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { why: expect.stringContaining('the next is late'), counts: { active: 2 } },
    });
    world.hsm.createKey('unprotected');
    await world.scanned();
    await world.clock.advance(DAY_MS);
    expect((await world.home()).verdict).toBe('at-risk');
  });

  it('keeps what the last scan saw while the HSM is silent, until that is old', async () => {
    const world = await aWorld();
    await world.scanned();
    world.hsm.faults.fail('listKeys', new WardenError('hsm-unreachable', { message: 'silent' }), {
      times: 1000,
    });
    await world.scanned();
    expect((await world.home()).verdict).toBe('safe');
    await world.clock.advance(40 * MINUTE_MS);

    expect((await world.home()).verdict).toBe('unknown');
  });

  it('is at risk as soon as the verification finds a damaged backup, before the next scan', async () => {
    const world = await aWorld();
    await world.scanned();
    const verify = {
      format: 1,
      hsm: 'contoso',
      runId: 'r',
      startedAt: 1,
      endedAt: 2,
      checked: 2,
      bytes: 1,
      found: 1,
      damaged: { 'contoso/orders/x': 2 },
    };
    await world.state.write({ kind: 'verify', hsm: 'contoso' }, JSON.stringify(verify), 'absent');

    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      hsm: { why: expect.stringContaining('1 damaged backup since the last scan') },
    });
  });

  it('warns of the nightly run that did not come, of one that left keys out, and where none has ended', async () => {
    const world = await aWorld();
    const warnings = async () => {
      await world.scanned();
      return (await world.home()).hsm?.warnings.filter((warning) => /[Rr]un/.test(warning));
    };
    expect(await warnings()).toEqual(['No run has ended yet.']);

    await world.ran('r1', 'succeeded');
    expect(await warnings()).toEqual([]);
    await world.clock.advance(2 * DAY_MS);
    expect(await warnings()).toEqual([
      expect.stringMatching(/^The nightly run was due .* and has not ended/),
    ]);

    await world.ran('r2', 'partial');
    expect(await warnings()).toEqual(['The last run, r2, left keys without a new backup.']);
  });

  it('is at risk where a drill did not bring a key back, and says when the last drill was', async () => {
    const world = await aWorld();
    await world.scanned();
    expect(await world.home()).toMatchObject({
      verdict: 'safe',
      hsm: { drills: { proven: 0, undrilled: 2, failed: 0, blocked: 0 } },
    });
    expect((await world.home()).hsm?.drilledAt).toBeUndefined();

    const at = world.clock.now();
    const { keys } = await readCatalogue(world.state, 'contoso');
    const resultOf = (key: string, change: Partial<DrillResult>) => {
      const point = { ...aDrillResult(key).point, sha256: keys[key]?.record.sha256 ?? '' };
      return aDrillResult(key, { point, ...change });
    };
    const results = [
      resultOf('orders', { verdict: 'failed', endedAt: at }),
      resultOf('users', { endedAt: at - 1 }),
    ];
    await fileResults(world.state, 'contoso', results, at);
    await world.scanned();
    expect(await world.home()).toMatchObject({
      sentence: '1 key at risk. Not every key is safe.',
      hsm: {
        drilledAt: isoTime(at),
        drills: { proven: 1, failed: 1, blocked: 0 },
        risks: [{ key: 'orders', risk: 'drill-failed' }],
      },
    });
    expect((await world.keys({ word: 'at-risk' })).items).toMatchObject([
      { key: 'orders', risk: 'drill-failed', coverage: 'complete' },
    ]);
  });

  it('says that nothing can be told of drills whose results cannot be read, and the rest all the same', async () => {
    const world = await aWorld();
    await world.state.write({ kind: 'drill-results', hsm: 'contoso' }, 'damaged', 'absent');
    await world.scanned();
    const { verdict, hsm } = await world.home();
    expect(verdict).toBe('safe');
    expect(hsm?.drills).toBeUndefined();
    expect(hsm?.warnings).toContainEqual(
      expect.stringMatching(/^What drills have proven cannot be told: .*contoso/),
    );
  });

  it('counts a loss until somebody has acknowledged it', async () => {
    const world = await aWorld(['orders']);
    world.hsm.createKey('gone');
    await world.look();
    world.hsm.deleteKey('gone');
    await world.look();
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
    await world.look();
    world.hsm.deleteKey('late');
    await world.look();
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
      'Whether the losses were acknowledged cannot be told: The storage is silent.',
    ]);
    expect((await world.home()).hsm?.warnings).toContain(page.unknown[0]);
  });

  it('calls a purged key left out, not safe, that was never to have a backup', async () => {
    const world = new ConsoleWorld();
    world.policy = aWatchPolicy({ selection: { ...EVERY_KEY, excludeTags: ['backup=never'] } });
    world.hsm.createKey('scratch', { tags: { backup: 'never' } });
    await world.look();
    world.hsm.deleteKey('scratch');
    await world.look();
    await world.clock.advance(91 * DAY_MS);
    await world.scanned();

    expect((await world.home()).verdict).toBe('safe');
    expect((await world.keys()).items).toMatchObject([
      { key: 'scratch', state: 'purged', word: 'excluded', coverage: 'excluded' },
    ]);
  });

  it('says why an HSM cannot be told of whose summary is damaged, and hides no other', async () => {
    const world = await aWorld();
    await world.scanned();
    await world.tamper(() => 'nonsense\n');

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { trouble: { code: 'state-corrupt' } },
    });
  });
});

describe('a sealed summary', () => {
  async function sealedWorld() {
    const world = await aWorld([]);
    world.sealer = new MemorySealer(world.clock);
    await world.scanned();
    return world;
  }

  it('is believed', async () => {
    expect(await (await sealedWorld()).home()).toMatchObject({
      verdict: 'safe',
      sealed: true,
      sentence: 'Every key is safe.',
    });
  });

  it.each([
    [
      'the time of the scan is moved on',
      (text: string) => text.replace(/"judgedAt":\d+/, '"judgedAt":1795532400001'),
    ],
    [
      'it is to hold for longer',
      (text: string) => text.replace(/"staleAfter":\d+/, '"staleAfter":9999999999999'),
    ],
    ['its seal is taken away', (text: string) => text.replace(/,"seal":\{[^}]*\}/, '')],
  ])('says nothing when %s', async (_, change) => {
    const world = await sealedWorld();
    await world.tamper(change);

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { why: expect.stringMatching(/seal/) },
    });
  });

  it('does not rest on seals where one summary has no good one, and says why beside what is wrong', async () => {
    const world = await sealedWorld();
    world.hsm.createKey('unprotected');
    await world.scanned();
    expect(await world.home()).toMatchObject({ sealed: true, verdict: 'at-risk', hsm: { sealed: true } });
    await world.tamper((text) => text.replace(/,"seal":\{[^}]*\}/, ''));
    await world.clock.advance(DAY_MS);

    const home = await world.home();
    expect(home).toMatchObject({ sealed: false, verdict: 'at-risk', hsm: { sealed: false } });
    expect(home.hsm?.why).toContain('is not sealed');
    expect(home.hsm?.why).toContain('the next is late');
  });

  it('rests on seals where a sealed summary is only old', async () => {
    const world = await sealedWorld();
    await world.clock.advance(DAY_MS);
    expect(await world.home()).toMatchObject({ sealed: true, verdict: 'unknown' });
  });

  it('says nothing when the sealing key was out of reach', async () => {
    const world = await aWorld([]);
    world.sealer = new MemorySealer(world.clock);
    world.sealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'gone' }));
    await world.scanned();

    expect((await world.home()).verdict).toBe('unknown');
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'the summary of a scan could not be sealed',
    );
  });
});

describe('the list of keys', () => {
  async function listedWorld() {
    const world = await aWorld(['b-key', 'A-key', 'c-key']);
    world.hsm.createKey('fresh');
    world.hsm.deleteKey('c-key');
    await world.scanned();
    return world;
  }
  const names = async (world: ConsoleWorld, query: Record<string, string>) =>
    (await world.keys(query)).items.map(({ key }) => key);

  it('is searched, filtered and sorted', async () => {
    const world = await listedWorld();

    expect(await names(world, {})).toEqual(['A-key', 'b-key', 'c-key', 'fresh']);
    const { staleAfter } = (await world.home()).hsm ?? {};
    expect((await world.keys()).asOf).toMatchObject([{ stale: false, staleAfter }]);
    expect(staleAfter).toBeDefined();
    expect(await names(world, { order: 'desc' })).toEqual(['fresh', 'c-key', 'b-key', 'A-key']);
    expect(await names(world, { search: 'KEY', state: 'active' })).toEqual(['A-key', 'b-key']);
    expect(await names(world, { word: 'at-risk' })).toEqual(['fresh']);
    expect(await names(world, { state: 'deleted' })).toEqual(['c-key']);
    expect((await names(world, { sort: 'word' }))[0]).toBe('fresh');
    expect((await names(world, { sort: 'backupAt', order: 'desc' })).at(-1)).toBe('fresh');
    expect((await names(world, { sort: 'purgeAt' }))[0]).toBe('c-key');
  });

  it('comes in pages that hold each key once', async () => {
    const world = await listedWorld();
    const found: string[] = [];
    let next: string | undefined = '0';
    while (next !== undefined) {
      const page: Awaited<ReturnType<ConsoleWorld['keys']>> = await world.keys({ limit: '1', next });
      expect(page.total).toBe(4);
      found.push(...page.items.map(({ key }) => key));
      next = page.next;
    }

    expect(found).toEqual(['A-key', 'b-key', 'c-key', 'fresh']);
  });

  it('is refused whose lines are not those of its head', async () => {
    const world = await listedWorld();
    await world.tamper((text) => text.replace('"word":"at-risk"', '"word":"safe"'));

    expect(await world.keys()).toMatchObject({
      total: 0,
      asOf: [{ stale: true, why: expect.stringContaining('cannot be read') }],
    });
  });

  it('follows the next scan', async () => {
    const world = await listedWorld();
    const { summaries } = world;
    await summaries.whole('contoso');
    await world.backUp('fresh');
    await world.clock.advance(MINUTE_MS);
    await world.scanned();

    expect((await summaries.whole('contoso')).summary?.keys.get('fresh')?.word).toBe('safe');
  });
});
