import { expect, test } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { drilledNotes } from '../../../../src/features/recovery/planning/drilled-notes.ts';
import { aBackupRecord } from '../../../support/backup-record.ts';

const STORED = {
  blob: 'contoso/orders/1.keybackup',
  storedAt: 1,
  record: aBackupRecord(new Uint8Array([1])),
};

test('nothing is said of drills where there is no drill HSM', async () => {
  expect(await drilledNotes(undefined, STORED)).toEqual([]);
  expect(await drilledNotes(async () => undefined, STORED)).toEqual([]);
});

test('a backup that no drill has tried is called so', async () => {
  expect(await drilledNotes(async () => new Map(), STORED)).toEqual(['No drill has tried this very backup.']);
});

test('results that cannot be read are called unknown, and keep nobody from a recovery', async () => {
  const down = async () => {
    throw new WardenError('storage-unavailable', { message: 'The storage is down.' });
  };
  expect(await drilledNotes(down, STORED)).toEqual([
    'Whether a drill has tried this backup is unknown: The storage is down.',
  ]);
});
