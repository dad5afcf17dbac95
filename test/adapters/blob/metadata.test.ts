/** A record travels as metadata within Azure's limits, and comes back as it was or not at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMetadata, toMetadata } from '../../../src/adapters/blob/metadata.ts';
import { aBackupRecord, thumbprint, versionId } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';

const BACKUP = Buffer.from('backup');
/** https://learn.microsoft.com/rest/api/storageservices/setting-and-retrieving-properties-and-metadata-for-blob-resources */
const LARGEST = 8 * 1024;

describe('metadata of a backup', () => {
  it('gives back the record it was made of', () => {
    const versions = fc.array(fc.record({ seed: fc.integer(), symmetric: fc.boolean() }), {
      minLength: 1,
      maxLength: 100,
    });
    const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(versions, times, times, times, (given, createdAt, updatedAt, capturedAt) => {
        const record = aBackupRecord(BACKUP, {
          createdAt,
          updatedAt,
          capturedAt,
          versions: given.map(({ seed, symmetric }) =>
            symmetric
              ? { version: versionId(seed) }
              : { version: versionId(seed), thumbprint: thumbprint(seed) },
          ),
        });

        expect(fromMetadata(toMetadata(record))).toEqual({ record });
      }),
    );
  });

  it('has names and values that Azure takes, also for the largest key there can be', () => {
    const versions = Array.from({ length: 100 }, (_, n) => ({
      version: versionId(n),
      thumbprint: thumbprint(n),
    }));
    const hsm = 'h'.repeat(24);
    const metadata = toMetadata(
      aBackupRecord(BACKUP, { hsm, key: 'k'.repeat(127), versions, runId: 'r'.repeat(64) }),
    );

    const size = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

    expect(size).toBeLessThanOrEqual(LARGEST);
    expect(Object.keys(metadata).every((name) => /^[a-z][a-z0-9]*$/.test(name))).toBe(true);
    expect(Object.values(metadata).every((value) => /^[\x20-\x7e]+$/.test(value))).toBe(true);
  });

  it.each([
    'format',
    'hsm',
    'key',
    'keyid',
    'createdat',
    'updatedat',
    'capturedat',
    'sha256',
    'bytes',
    'runid',
    'versions',
  ])('is not read without its %s', (name) => {
    const { [name]: _left, ...rest } = toMetadata(aBackupRecord(BACKUP));

    expect(fromMetadata(rest)).toHaveProperty('problem', expect.stringContaining(name));
  });

  it.each([
    ['a later format', { format: '2' }],
    ['a hash that is none', { sha256: 'x' }],
    ['half a version', { versions: Buffer.alloc(72).toString('base64url') }],
    ['no version', { versions: '' }],
    ['a time that is none', { capturedat: 'yesterday' }],
  ])('is not read with %s', (_which, change) => {
    expect(fromMetadata({ ...toMetadata(aBackupRecord(BACKUP)), ...change })).toHaveProperty('problem');
  });

  it('takes metadata others have added', () => {
    const record = aBackupRecord(BACKUP);

    expect(fromMetadata({ ...toMetadata(record), department: 'security' })).toEqual({ record });
  });

  it.each(['short', `${thumbprint(1)}=`])(
    'does not store a thumbprint that would not come back: %s',
    async (wrong) => {
      const record = aBackupRecord(BACKUP, { versions: [{ version: versionId(1), thumbprint: wrong }] });

      expect((await failureOf((async () => toMetadata(record))())).code).toBe('storage-refused');
    },
  );
});
