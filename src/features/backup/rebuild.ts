/** Builds the catalogue and the manifests of an HSM again from the backups alone. */

import { forEachConcurrently } from '../../core/concurrency.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { repeatOnConflict } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { BackupStore, Logger, StoredBackup } from '../../core/ports.ts';
import { proveStored } from '../recovery-points/back-up-key.ts';
import {
  type Catalogue,
  emptyCatalogue,
  mergeBackups,
  writeCatalogue,
} from '../recovery-points/catalogue.ts';
import { countOutcomes, type KeyOutcome, outcomeLine, runText } from './run-record.ts';

/** Backups are small, and a Blob account takes thousands of requests a second. */
const READS_AT_ONCE = 8;

/** What a rebuild needs. */
export interface RebuildDeps {
  readonly backups: BackupStore;
  readonly state: DocumentStore;
  readonly logger: Logger;
}

/** What was rebuilt. */
export interface RebuildResult {
  readonly hsm: string;
  /** A backup and its pinned copy count once. */
  readonly backups: number;
  readonly keys: number;
  readonly runs: number;
  /** Where seals are configured: blobs without a good one, which are no recovery points and were not believed. */
  readonly unproven: number;
}

/**
 * Reads the records of all backups of `hsm` and replaces its catalogue, in which a backup stands only after it was read
 * and compared again: one that was damaged on its way into the store must not look like a key's good one. Writes a manifest
 * for each run that has none. What only a manifest knew (keys unchanged, skipped or failed) is not in the backups and stays unknown.
 * Do not run it while a sweep of the HSM is under way: hold the HSM's lease. The backup of a single key needs no lease; when
 * one was noted in the catalogue meanwhile, it begins again. Fails with storage codes, and with `state-conflict` after many.
 */
export async function rebuild(deps: RebuildDeps, hsm: string): Promise<RebuildResult> {
  return repeatOnConflict(`The backup catalogue of HSM ${hsm}`, () => rebuildOnce(deps, hsm));
}

async function rebuildOnce(deps: RebuildDeps, hsm: string): Promise<RebuildResult> {
  // Read before the backups are listed: what is noted from now on is in no list.
  const before = await deps.state.read({ kind: 'catalogue', hsm });
  const stored: StoredBackup[] = [];
  const captures = new Set<string>();
  const runs = new Map<string, StoredBackup[]>();
  for await (const page of deps.backups.list(hsm)) {
    stored.push(...page);
    for (const backup of page) {
      const { key, capturedAt, sha256, runId } = backup.record;
      captures.add(`${key} ${capturedAt} ${sha256}`);
      const ofRun = runs.get(runId) ?? [];
      ofRun.push(backup);
      runs.set(runId, ofRun);
    }
  }
  const catalogue = await newestGood(deps, hsm, stored);
  const guard = before === undefined ? ('absent' as const) : { etag: before.etag };
  await deps.state.writeFrom({ kind: 'catalogue', hsm }, writeCatalogue(catalogue), guard);
  for (const [runId, backups] of runs) {
    const text = manifestOf(hsm, runId, backups);
    try {
      await deps.state.writeFrom({ kind: 'run', hsm, runId }, text, 'absent');
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
    }
  }
  const keys = Object.keys(catalogue.keys).length;
  const unproven = (await countAll(deps, hsm)) - stored.length;
  const result = { hsm, backups: captures.size, keys, runs: runs.size, unproven };
  deps.logger.info('catalogue rebuilt from the backups', { ...result });
  return result;
}

/** Everything in the store, whatever its seal. */
async function countAll({ backups }: RebuildDeps, hsm: string): Promise<number> {
  let count = 0;
  for await (const page of (backups.all ?? backups).list(hsm)) count += page.length;
  return count;
}

/** Per key the newest backup that reads back as it was sent. */
async function newestGood(
  deps: RebuildDeps,
  hsm: string,
  stored: readonly StoredBackup[],
): Promise<Catalogue> {
  const proven = new Map<string, StoredBackup>();
  const damaged = new Set<string>();
  for (;;) {
    const left = stored.filter(({ blob }) => !damaged.has(blob));
    const catalogue = mergeBackups(emptyCatalogue(hsm), left);
    const open = Object.values(catalogue.keys).filter(({ blob }) => !proven.has(blob));
    if (open.length === 0) return mergeBackups(emptyCatalogue(hsm), provenOf(catalogue, proven));
    await forEachConcurrently(open, READS_AT_ONCE, async (backup) => {
      try {
        proven.set(backup.blob, await proveStored(deps, backup));
      } catch (error) {
        if (!isWardenError(error, 'backup-mismatch', 'blob-missing')) throw error;
        damaged.add(backup.blob);
        deps.logger.error('backup is damaged', { hsm, key: backup.record.key, blob: backup.blob, error });
      }
    });
  }
}

function provenOf({ keys }: Catalogue, proven: ReadonlyMap<string, StoredBackup>): StoredBackup[] {
  return Object.values(keys).flatMap(({ blob }) => proven.get(blob) ?? []);
}

function manifestOf(hsm: string, runId: string, backups: readonly StoredBackup[]): AsyncGenerator<string> {
  const keys: Record<string, KeyOutcome> = {};
  for (const { blob, record } of backups) {
    const proof = { blob, sha256: record.sha256, versions: record.versions.length };
    keys[record.key] = { outcome: 'backed-up', reason: 'rebuilt from the backups', ...proof };
  }
  const times = backups.map(({ record }) => record.capturedAt);
  const head = {
    format: 2,
    hsm,
    runId,
    state: 'rebuilt',
    startedAt: times.reduce((a, b) => Math.min(a, b)),
    endedAt: times.reduce((a, b) => Math.max(a, b)),
    parts: 1,
    retries: 0,
    throttles: 0,
    pace: { set: 0, last: 0 },
    counts: countOutcomes(keys),
  } as const;
  return runText(head, [Object.entries(keys).map(([key, outcome]) => outcomeLine(key, outcome))]);
}
