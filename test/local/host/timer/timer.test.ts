import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HostOptions } from '../../../../src/local/host/host-options.ts';
import {
  createFileScheduleStore,
  createMemoryScheduleStore,
} from '../../../../src/local/host/timer/schedule-store.ts';
import { acts } from '../apps/script.ts';
import { idle, manualTime } from '../support/manual-time.ts';
import { fixtureApp, startTestHost } from '../support/start.ts';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);

function start(nightly: string, options: Partial<HostOptions>) {
  return startTestHost({
    entry: fixtureApp('work-app'),
    settings: { NIGHTLY: nightly },
    queues: false,
    ...options,
  });
}

/** Notes the value of every run of the nightly function, and lets `meanwhile` run in it. */
function recordRuns(meanwhile: () => Promise<void> | void = () => undefined): unknown[] {
  const runs: unknown[] = [];
  acts.set('nightly', async (value) => {
    runs.push(value);
    await meanwhile();
  });
  return runs;
}

describe('a timer function', () => {
  it('runs at each of its times and is given its record', async () => {
    const time = manualTime('2026-11-24T01:00:00Z');
    const runs = recordRuns();
    await start('0 0 2 * * *', { clock: time, alarm: time.alarm });

    await time.moveTo(at('24T02:00:00') - 1);
    expect(runs).toEqual([]);
    await time.moveTo(at('25T02:00:00'));

    const schedule = { adjustForDST: true };
    expect(runs).toEqual([
      {
        isPastDue: false,
        schedule,
        scheduleStatus: {
          last: '0001-01-01T00:00:00+00:00',
          next: '2026-11-24T02:00:00.000Z',
          lastUpdated: '2026-11-24T01:00:00.000Z',
        },
      },
      {
        isPastDue: false,
        schedule,
        scheduleStatus: {
          last: '2026-11-24T02:00:00.000Z',
          next: '2026-11-25T02:00:00.000Z',
          lastUpdated: '2026-11-24T02:00:00.000Z',
        },
      },
    ]);
  });

  it('keeps its schedule after a run that failed', async () => {
    const time = manualTime('2026-11-24T01:00:00Z');
    const runs = recordRuns(() => {
      throw new Error('no luck');
    });
    await start('0 0 2 * * *', { clock: time, alarm: time.alarm });

    await time.moveTo(at('25T02:00:00'));

    expect(runs).toHaveLength(2);
  });

  it('never runs while its last run is still going on, and makes up for the missed times once', async () => {
    const time = manualTime('2026-11-24T01:59:00Z');
    const gate = Promise.withResolvers<void>();
    const runs = recordRuns(() => gate.promise);
    const { host } = await start('0 0 * * * *', { clock: time, alarm: time.alarm });

    await time.moveTo(at('24T02:00:00'));
    await time.moveTo(at('24T05:30:00'));
    void host.tick();
    await idle();
    expect(runs).toHaveLength(1);

    gate.resolve();
    await idle();
    await time.moveTo(at('24T05:30:00'));
    expect(runs).toHaveLength(2);
    expect(time.nextAlarm()).toBe(at('24T06:00:00'));
  });

  it.each([
    ['was past due', at('24T02:00:01'), 1, true],
    ['was not past due', at('24T01:59:59'), 0, undefined],
  ])('that %s when the host started again runs at once %i×', async (_, now, count, isPastDue) => {
    const scheduleStore = createMemoryScheduleStore();
    await scheduleStore.write('nightly', {
      last: at('23T02:00:00'),
      next: at('24T02:00:00'),
      lastUpdated: at('23T02:00:00'),
    });
    const time = manualTime(new Date(now).toISOString());
    const runs = recordRuns();
    await start('0 0 2 * * *', { clock: time, alarm: time.alarm, scheduleStore });
    await idle();

    expect(runs).toHaveLength(count);
    expect(runs.at(0)).toEqual(isPastDue ? expect.objectContaining({ isPastDue }) : undefined);
  });

  it('that was past due goes on from the time it ran', async () => {
    const scheduleStore = createMemoryScheduleStore();
    await scheduleStore.write('nightly', {
      last: at('21T02:00:00'),
      next: at('22T02:00:00'),
      lastUpdated: at('21T02:00:00'),
    });
    const time = manualTime('2026-11-24T09:00:00Z');
    recordRuns();
    await start('0 0 2 * * *', { clock: time, alarm: time.alarm, scheduleStore });

    await vi.waitFor(() => expect(time.nextAlarm()).toBe(at('25T02:00:00')));
    expect(await scheduleStore.read('nightly')).toEqual({
      last: at('24T09:00:00'),
      next: at('25T02:00:00'),
      lastUpdated: at('24T09:00:00'),
    });
  });

  it('more often than once a minute keeps no record', async () => {
    const time = manualTime('2026-11-24T00:00:00Z');
    const scheduleStore = createMemoryScheduleStore();
    const runs = recordRuns();
    await start('*/30 * * * * *', { clock: time, alarm: time.alarm, scheduleStore });

    await time.moveTo(at('24T00:00:30'));

    expect(runs).toEqual([expect.objectContaining({ scheduleStatus: null })]);
    expect(await scheduleStore.read('nightly')).toBeUndefined();
  });

  it('that is far away is reached although one alarm cannot wait so long', async () => {
    const time = manualTime('2026-11-24T00:00:00Z');
    const runs = recordRuns();
    await start('0 0 0 1 3 *', { clock: time, alarm: time.alarm });
    expect(time.nextAlarm()).toBe(at('24T00:00:00') + 24 * 86_400_000);

    await time.moveTo(Date.parse('2027-03-01T00:00:00Z'));

    expect(runs).toHaveLength(1);
  });

  it('runs when the clock jumped and the host is asked to check', async () => {
    const time = manualTime('2026-11-24T00:00:00Z');
    const runs = recordRuns();
    let jumped = 0;
    const { host } = await start('0 0 2 * * *', {
      clock: { now: () => time.now() + jumped },
      alarm: time.alarm,
    });

    await host.tick();
    expect(runs).toHaveLength(0);
    jumped = 90 * 86_400_000;
    await host.tick();
    await host.tick();

    expect(runs).toHaveLength(1);
  });

  it('runs on the real clock', async () => {
    const runs = recordRuns();
    await start('* * * * * *', {});

    await vi.waitFor(() => expect(runs.length).toBeGreaterThanOrEqual(2), { timeout: 5000 });
  });

  it('does not run when timers are off, but when asked for', async () => {
    const time = manualTime('2026-11-24T00:00:00Z');
    const runs = recordRuns();
    const { host } = await start('0 0 2 * * *', { clock: time, alarm: time.alarm, timers: false });

    expect(time.nextAlarm()).toBeUndefined();
    expect((await host.invoke('nightly')).status).toBe('succeeded');
    expect(runs).toEqual([expect.objectContaining({ isPastDue: false })]);
  });

  it.each([
    ['0 2 * * *', 'schedule-invalid'],
    ['01:00:00', 'schedule-invalid'],
  ])('with the schedule %s keeps the host from starting', async (nightly, code) => {
    await expect(start(nightly, {})).rejects.toMatchObject({ code });
  });

  it('whose setting is missing keeps the host from starting', async () => {
    await expect(start('', { settings: {} })).rejects.toMatchObject({ code: 'setting-missing' });
  });
});

describe('a timer record on disk', () => {
  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'timers-'));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  }

  it('is read as written, and only it is left behind', async () => {
    const path = await directory();
    const status = { last: 1, next: 3, lastUpdated: 2 };

    await createFileScheduleStore(join(path, 'new')).write('a/b', status);

    expect(await createFileScheduleStore(join(path, 'new')).read('a/b')).toEqual(status);
    expect(await createFileScheduleStore(path).read('other')).toBeUndefined();
    expect(await readdir(join(path, 'new'))).toEqual(['a%2Fb.json']);
  });

  it('that is not one is refused instead of being taken for absent', async () => {
    const path = await directory();
    await writeFile(join(path, 'nightly.json'), '{"next":');

    await expect(
      start('0 0 2 * * *', { scheduleStore: createFileScheduleStore(path) }),
    ).rejects.toMatchObject({ code: 'schedule-status-unreadable' });
  });
});
