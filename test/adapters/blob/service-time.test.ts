/** A clock that is not the store's stops the writing of backups, whose names and facts carry its time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { MOST_SKEW_MS, ServiceTime } from '../../../src/adapters/blob/service-time.ts';
import { setClockAhead, systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { StoredBackup } from '../../../src/core/ports.ts';
import { type RunningAzurite, startSecureAzurite } from '../../support/azurite.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const YEAR_MS = 365 * 86_400_000;

/** Asks once on a machine at `NOW + skew` of a service whose header counts whole seconds. */
function asked(skew: number): Promise<void> {
  return new ServiceTime(() => NOW + skew).requireRightClock(async () => ({ date: new Date(NOW) }));
}

describe('the time of the storage service', () => {
  it.each([
    ['the same', 0],
    ['just before a minute ahead', MOST_SKEW_MS],
    ['a minute and the second that the header leaves out ahead', MOST_SKEW_MS + 1_000],
    ['a minute behind', -MOST_SKEW_MS],
  ])('lets a clock write that is %s', async (_name, skew) => {
    await expect(asked(skew)).resolves.toBeUndefined();
  });

  it.each([
    ['more than a minute ahead', MOST_SKEW_MS + 1_001, 'ahead of'],
    ['more than a minute behind', -MOST_SKEW_MS - 1, 'behind'],
    ['a year ahead', YEAR_MS, 'ahead of'],
  ])('stops a clock that is %s, and says both times', async (_name, skew, way) => {
    const error = await failureOf(asked(skew));

    expect(error).toMatchObject({ code: 'clock-wrong', transient: false });
    expect(error.message).toContain(new Date(NOW).toISOString());
    expect(error.message).toContain(new Date(NOW + skew).toISOString());
    expect(error.message).toContain(way);
  });

  it('is asked for again before each write while the clock is wrong, and every five minutes while it is right', async () => {
    let now = NOW + YEAR_MS;
    let asks = 0;
    const time = new ServiceTime(() => now);
    const ask = async () => {
      asks += 1;
      return { date: new Date(NOW) };
    };
    await failureOf(time.requireRightClock(ask));
    now = NOW;
    await time.requireRightClock(ask);
    await time.requireRightClock(ask);
    expect(asks).toBe(2);
    now = NOW + 5 * 60_000;

    expect((await failureOf(time.requireRightClock(ask))).code).toBe('clock-wrong');
    expect(asks).toBe(3);
  });

  it('that cannot be had stops nothing: the write itself says what is wrong', async () => {
    const time = new ServiceTime(() => NOW);

    await expect(
      time.requireRightClock(() => Promise.reject(new Error('no answer'))),
    ).resolves.toBeUndefined();
  });
});

describe('the store of backups', () => {
  let azurite: RunningAzurite;
  beforeAll(async () => {
    azurite = await startSecureAzurite();
  });
  afterAll(async () => azurite.stop());

  it('stores nothing while the clock of the machine is a year ahead', async () => {
    const container = await openContainer(azurite.access, 'ahead');
    const options = { container, clock: systemClock, logger: new RecordingLogger() };
    const ahead = new BlobBackupStore({ ...options, machineNow: () => Date.now() + YEAR_MS });

    const error = await failureOf(ahead.put(aBackupRecord(BACKUP), BACKUP));

    expect(error.code).toBe('clock-wrong');
    const found: StoredBackup[] = [];
    for await (const page of ahead.list('contoso')) found.push(...page);
    expect(found).toEqual([]);
  });

  it('stores what a world that was moved ahead makes: all its parts have one clock', async () => {
    const container = await openContainer(azurite.access, 'moved');
    const store = new BlobBackupStore({ container, clock: systemClock, logger: new RecordingLogger() });
    setClockAhead(90 * 86_400_000);
    try {
      const record = aBackupRecord(BACKUP, { capturedAt: systemClock.now() });
      await expect(store.put(record, BACKUP)).resolves.toMatchObject({ record });
    } finally {
      setClockAhead(0);
    }
  });
});
