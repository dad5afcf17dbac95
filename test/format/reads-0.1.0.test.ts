/** Everything that version 0.1.0 stored can still be read, whole and with its meaning. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobAuditAnchor } from '../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../src/adapters/audit/blob-audit-store.ts';
import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import { parseEntry } from '../../src/features/audit/entry.ts';
import { verifyAudit } from '../../src/features/audit/verify-audit.ts';
import { readLastRun } from '../../src/features/backup/last-run.ts';
import { rebuild } from '../../src/features/backup/rebuild.ts';
import { readRun } from '../../src/features/backup/run-record.ts';
import { requestDigest } from '../../src/features/recovery/model/digest.ts';
import type { RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { viewOf } from '../../src/features/recovery/model/view.ts';
import { readRecovery } from '../../src/features/recovery/request/recovery-log.ts';
import { proveStored } from '../../src/features/recovery-points/back-up-key.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { readVerification } from '../../src/features/verify/verify-state.ts';
import { readWatchState } from '../../src/features/watch/model/watch-state.ts';
import { type RunningAzurite, startSecureAzurite } from '../support/azurite.ts';
import { type KeptBlob, loadKept, readKept } from '../support/kept-storage.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { openContainer } from '../support/storage-worlds.ts';

const clock = systemClock;
const logger = new RecordingLogger();
let azurite: RunningAzurite;
let kept: KeptBlob[];
let backups: BlobBackupStore;
let state: BlobDocumentStore;
let auditStore: BlobAuditStore;
let anchor: BlobAuditAnchor;

beforeAll(async () => {
  azurite = await startSecureAzurite();
  kept = await readKept('0.1.0');
  await loadKept(kept, azurite.access);
  const stateContainer = await openContainer(azurite.access, 'warden-state');
  backups = new BlobBackupStore({
    container: await openContainer(azurite.access, 'key-backups'),
    clock,
    logger,
  });
  state = new BlobDocumentStore({ container: stateContainer, clock });
  auditStore = new BlobAuditStore({ container: await openContainer(azurite.access, 'warden-audit'), clock });
  anchor = new BlobAuditAnchor({ container: stateContainer, clock });
});
afterAll(() => azurite?.stop());

/** The parts of the names of the kept state that `pattern` catches. */
function named(pattern: RegExp): string[] {
  return kept.flatMap(({ container, name }) =>
    container === 'warden-state' ? (pattern.exec(name)?.[1] ?? []) : [],
  );
}

async function storedBackups(hsm: string): Promise<StoredBackup[]> {
  const all: StoredBackup[] = [];
  for await (const page of backups.list(hsm)) all.push(...page);
  return all;
}

async function allRecoveries(): Promise<RecoveryRecord[]> {
  const ids = named(/^recoveries\/(.+)\.json$/);
  return Promise.all(ids.map(async (id) => (await readRecovery(state, id)).record));
}

/** A catalogue without what a copy of the blobs changes: the times of the store. */
async function catalogueOf(hsm: string) {
  const { keys } = await readCatalogue(state, hsm);
  return Object.fromEntries(Object.entries(keys).map(([key, { blob, record }]) => [key, { blob, record }]));
}

describe.each([
  {
    hsm: 'contoso',
    keys: [
      'disk-encryption-prod',
      'disk-encryption-test',
      'mixed-Case-Signing',
      'payroll-data',
      'sql-tde-orders',
    ],
    blobs: 10,
    deleted: ['invoice-signing-2024', 'payroll-data'],
    purged: [],
  },
  {
    hsm: 'fabrikam',
    keys: ['cosmos-cmk-profiles', 'cosmos-cmk-sessions', 'disk-encryption-dr'],
    blobs: 5,
    deleted: ['poc-encryption'],
    purged: ['cosmos-cmk-sessions'],
  },
])('of HSM $hsm', ({ hsm, keys, blobs, deleted, purged }) => {
  it('every backup is listed with its record, and its bytes are those of the record', async () => {
    const stored = await storedBackups(hsm);

    expect(stored).toHaveLength(blobs);
    expect(kept.filter(({ name }) => stored.some(({ blob }) => blob === name))).toHaveLength(blobs);
    for (const one of stored) expect((await proveStored({ backups }, one)).record).toEqual(one.record);
    expect(new Set(stored.map(({ record }) => record.key))).toEqual(new Set(keys));
    expect(logger.lines).toEqual([]);
  });

  it('the catalogue names the newest backup of every key', async () => {
    const stored = await storedBackups(hsm);
    const catalogue = await readCatalogue(state, hsm);

    expect(Object.keys(catalogue.keys).sort()).toEqual(keys);
    for (const [key, { blob }] of Object.entries(catalogue.keys)) {
      const newest = stored
        .filter(({ record, blob }) => record.key === key && !blob.startsWith('pinned/'))
        .reduce((a, b) => (a.record.capturedAt > b.record.capturedAt ? a : b));
      expect(blob).toBe(newest.blob);
    }
  });

  it('a rebuild from the backups alone comes to the same catalogue', async () => {
    const before = await catalogueOf(hsm);
    await openContainer(azurite.access, 'warden-state').then((container) =>
      container.getBlobClient(`catalogue/${hsm}.jsonl`).delete(),
    );

    await rebuild({ backups, state, logger: new RecordingLogger() }, hsm);

    expect(Object.keys(before)).toHaveLength(keys.length);
    expect(await catalogueOf(hsm)).toEqual(before);
  });

  it('the manifest of every run and the last run are read', async () => {
    const runs = named(new RegExp(`^runs/${hsm}/(.+-nightly)\\.jsonl$`));
    const records = await Promise.all(runs.map((runId) => readRun(state, hsm, runId)));

    expect(records).toHaveLength(3);
    for (const run of records) {
      expect(run).toMatchObject({ hsm, state: 'succeeded', counts: { failed: 0 } });
      expect(Object.keys(run?.keys ?? {})).toHaveLength(run?.counts.keys ?? 0);
    }
    expect((await readLastRun(state, hsm)).value).toMatchObject({
      hsm,
      runId: runs.at(-1),
      state: 'succeeded',
    });
  });

  it('the watch remembers what it saw, and the verification how far it came', async () => {
    const watch = await readWatchState(state, hsm);
    const { value: verify } = await readVerification(state, hsm);

    const seen = Object.entries(watch.keys).filter(([, key]) => key.state === 'deleted');
    expect(seen.map(([key]) => key).sort()).toEqual(deleted);
    expect(Object.keys(watch.purges)).toEqual(purged);
    expect(verify).toMatchObject({ checked: blobs, found: 0 });
  });
});

describe('of the recovery', () => {
  it('every request is read, shown, and has the digest that was approved', async () => {
    const records = await allRecoveries();

    expect(records.map(({ state, approvals }) => `${state} ${approvals.length}`).sort()).toEqual([
      'rejected 0',
      'requested 0',
      'requested 0',
      'requested 1',
      'succeeded 2',
      'succeeded 2',
    ]);
    for (const record of records) {
      expect(requestDigest(record)).toBe(record.digest);
      expect(viewOf(record, record.rule)).toMatchObject({ id: record.id, state: record.state });
    }
    const outcomes = records.flatMap(({ outcome }) => outcome ?? []);
    expect(outcomes.map(({ result, versions, verified }) => [result, versions, verified])).toEqual([
      ['succeeded', 2, 2],
      ['succeeded', 2, 2],
    ]);
  });

  it('the audit log verifies whole with its anchor, and tells of every request', async () => {
    const verdict = await verifyAudit(auditStore, anchor);
    const remembered = await anchor.read();
    let text = '';
    for await (const part of auditStore.parts()) text += await auditStore.read(part);
    const entries = text.split('\n').flatMap((line) => parseEntry(line) ?? []);

    expect(verdict.problems).toEqual([]);
    expect(remembered).toEqual(verdict.tip);
    expect(entries).toHaveLength(verdict.entries);
    for (const record of await allRecoveries()) {
      const own = entries.filter(({ recoveryId }) => recoveryId === record.id);
      expect(own.filter(({ event }) => event === 'recovery-requested')).toHaveLength(1);
      expect(own.filter(({ event }) => event === 'recovery-approval-given')).toHaveLength(
        record.approvals.length,
      );
      expect(own.every(({ digest }) => digest === record.digest)).toBe(true);
    }
  });
});
