/** Names of blobs, there and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backupPrefixes,
  documentBlobName,
  keyOfFolder,
  leaseBlobName,
  parseBackupBlobName,
} from '../../../src/adapters/blob/layout.ts';
import { backupBlobName } from '../../../src/core/model/backup-blob-name.ts';
import { versionId } from '../../support/backup-record.ts';

const NAME = {
  hsm: 'contoso',
  key: 'orders',
  capturedAt: Date.UTC(2026, 0, 31, 2, 0, 0, 7),
  version: '0123456789abcdef0123456789abcdef',
};
const BLOB = 'contoso/orders/20260131T020000007Z-0123456789abcdef0123456789abcdef.keybackup';
/** The last moment with a year of four digits. */
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const anyName = fc.record({
  hsm: fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/),
  key: fc.stringMatching(/^[0-9A-Za-z-]{1,127}$/),
  capturedAt: fc.integer({ min: 0, max: LAST_MOMENT }),
  version: fc.integer().map(versionId),
});

describe('the name of a backup', () => {
  it('says HSM, key, time and newest version', () => {
    expect(backupBlobName(NAME)).toBe(BLOB);
  });

  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(parseBackupBlobName(backupBlobName(name))).toEqual(name);
      }),
    );
  });

  it('sorts by time within a key', () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 0, max: LAST_MOMENT }), (name, capturedAt) => {
        const [a, b] = [backupBlobName(name), backupBlobName({ ...name, capturedAt })];
        expect(Math.sign(name.capturedAt - capturedAt)).toBe(a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });

  it('lies in the folder of its key, under a prefix of its HSM', () => {
    const [prefix = '', pinned] = backupPrefixes('contoso');
    expect(BLOB.startsWith(prefix)).toBe(true);
    expect(pinned).toBe(`pinned/${prefix}`);
    expect(keyOfFolder(prefix, 'contoso/orders/')).toBe('orders');
    expect(backupPrefixes('contos').some((other) => BLOB.startsWith(other))).toBe(false);
  });

  it.each([
    ['another ending', BLOB.replace('.keybackup', '.txt')],
    ['no key', BLOB.replace('/orders', '')],
    ['one folder too many', `more/${BLOB}`],
    ['a day that does not exist', BLOB.replace('20260131', '20260230')],
    ['a month that does not exist', BLOB.replace('20260131', '20261331')],
    ['a version in capitals', BLOB.replace('abcdef.', 'ABCDEF.')],
    ['an illegal key name', BLOB.replace('orders', 'or_ders')],
  ])('is not read from a blob with %s', (_which, blob) => {
    expect(parseBackupBlobName(blob)).toBeUndefined();
  });
});

describe('other names', () => {
  it.each([
    [{ kind: 'catalogue', hsm: 'contoso' } as const, 'catalogue/contoso.jsonl'],
    [{ kind: 'watch', hsm: 'contoso' } as const, 'watch/contoso.json'],
    [{ kind: 'run', hsm: 'contoso', runId: 'r1' } as const, 'runs/contoso/r1.jsonl'],
    [{ kind: 'last-run', hsm: 'contoso' } as const, 'last-run/contoso.json'],
    [{ kind: 'verify', hsm: 'contoso' } as const, 'verify/contoso.json'],
    [{ kind: 'recovery', id: 'r1' } as const, 'recoveries/r1.json'],
    [{ kind: 'recovery-index' } as const, 'recovery-index.json'],
    [{ kind: 'webhook-rate', source: 'alerts' } as const, 'webhook-rates/alerts.json'],
    [{ kind: 'notify-incidents', scope: 'hsm-contoso' } as const, 'notify/incidents/hsm-contoso.json'],
    [{ kind: 'notify-channel', channel: 'ops' } as const, 'notify/channels/ops.json'],
  ])('%o is %s', (address, blob) => {
    expect(documentBlobName(address)).toBe(blob);
  });

  it('a lease is a blob of its own', () => {
    expect(leaseBlobName('contoso')).toBe('locks/contoso');
  });
});
