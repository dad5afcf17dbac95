/** Nights: which runs there were, which are missing, and which cannot be read. */
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/core/time.ts';
import { noCounts, type RunHead, runText } from '../../../src/features/backup/run-record.ts';
import { dueAt, isMissing } from '../../../src/features/console/missing-runs.ts';
import { Nights } from '../../../src/features/console/nights.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Noon of the last day. */
const NOW = Date.UTC(2026, 10, 24, 12);
const NIGHTLY = { schedule: '0 0 2 * * *', graceMs: 2 * HOUR };

class NightWorld {
  readonly state = new MemoryDocumentStore();
  readonly clock = new ManualClock({ now: NOW });
  readonly since: Record<string, number> = {};
  policy = NIGHTLY;

  /** A run that began `ago` milliseconds before now. */
  async ran(hsm: string, ago: number, change: Partial<RunHead> = {}): Promise<string> {
    const startedAt = NOW - ago;
    const runId = `${isoTime(startedAt).slice(0, 19).replaceAll(/[-:]/g, '')}Z-1`;
    const head: RunHead = {
      format: 2,
      hsm,
      runId,
      state: 'succeeded',
      startedAt,
      endedAt: startedAt + 1,
      parts: 1,
      retries: 0,
      throttles: 0,
      pace: { set: 1, last: 1 },
      counts: noCounts(),
      ...change,
    };
    await this.state.writeFrom({ kind: 'run', hsm, runId }, runText(head, noLines()), 'absent');
    return runId;
  }

  /** The nights of `days` days up to today, newest first, by what there is to say of them. */
  async list(days = 3) {
    const { state, clock, policy, since } = this;
    const hsms = ['contoso', 'fabrikam'];
    const nights = new Nights({ store: state, clock, policy, hsms, since: async (hsm) => since[hsm] });
    const found = await nights.list(days, NOW);
    return found.toReversed().map(({ date, runs, missing, unreadable }) => ({
      day: date.slice(8),
      runs: runs.map(({ hsm }) => hsm),
      missing,
      unreadable,
    }));
  }
}

async function* noLines() {
  yield [];
}

/** How long before now the run of `days` nights ago was due. */
const due = (days: number): number => 10 * HOUR + days * DAY;

describe('nights', () => {
  it('name an HSM that had no run though one was due, from the night on which it was protected', async () => {
    const world = new NightWorld();
    for (const days of [0, 1, 2]) await world.ran('contoso', due(days));
    world.since.fabrikam = NOW - due(1) - HOUR;

    expect(await world.list()).toEqual([
      { day: '24', runs: ['contoso'], missing: ['fabrikam'], unreadable: [] },
      { day: '23', runs: ['contoso'], missing: ['fabrikam'], unreadable: [] },
      { day: '22', runs: ['contoso'], missing: [], unreadable: [] },
    ]);
  });

  it('know since when an HSM is protected from its first run, too', async () => {
    const world = new NightWorld();
    await world.ran('contoso', due(2));

    expect((await world.list(4)).map(({ missing }) => missing)).toEqual([['contoso'], ['contoso'], [], []]);
  });

  it('take a run that began late, even on the next day, for that of its night', async () => {
    const world = new NightWorld();
    world.policy = { ...NIGHTLY, schedule: '0 0 22 * * *' };
    world.since.contoso = 0;
    // Those of the nights 21 to 23 began within three hours; that of tonight is not due yet.
    for (const days of [0, 1, 2]) await world.ran('contoso', 11 * HOUR + days * DAY);

    expect((await world.list()).map(({ day, runs, missing }) => [day, runs.length, missing])).toEqual([
      ['24', 1, []],
      ['23', 1, []],
      ['22', 1, []],
    ]);
  });

  it('name an HSM whose run cannot be read, and do not call it missing', async () => {
    const world = new NightWorld();
    const runId = await world.ran('contoso', due(0));
    await world.ran('contoso', due(1));
    const address = { kind: 'run', hsm: 'contoso', runId } as const;
    const { etag = '' } = (await world.state.read(address)) ?? {};
    await world.state.write(address, 'damaged', { etag });

    expect(await world.list(2)).toEqual([
      { day: '24', runs: [], missing: [], unreadable: ['contoso'] },
      { day: '23', runs: ['contoso'], missing: [], unreadable: [] },
    ]);
  });
});

describe('a run is missing', () => {
  const night = '2026-11-24';
  const at = Date.UTC(2026, 10, 24, 2);
  it.each([
    ['not while it may still begin', at + 2 * HOUR, 0, [], false],
    ['once it may not', at + 2 * HOUR + 1, 0, [], true],
    ['not where nothing says that the HSM was protected', NOW, undefined, [], false],
    ['not where the HSM was protected only later', NOW, at, [], false],
    ['not with a run that began a little early', NOW, 0, [at - 60_000], false],
    ['with one long before', NOW, 0, [at - 60_001], true],
    ['not with one just before the next was due', NOW, 0, [at + DAY - 60_001], false],
    ['with one of the next night', NOW, 0, [at + DAY - 60_000], true],
  ] as const)('%s', (_name, now, since, starts, missing) => {
    expect(isMissing(dueAt(NIGHTLY, night, now), since, starts)).toBe(missing);
  });

  it('not on a day on which none is due', () => {
    const weekly = { ...NIGHTLY, schedule: '0 0 2 * * 1' };
    expect(dueAt(weekly, night, NOW + 30 * DAY)).toBeUndefined();
    expect(dueAt(weekly, '2026-11-23', NOW)).toEqual({
      from: at - DAY - 60_000,
      until: at + 6 * DAY - 60_000,
    });
  });
});
