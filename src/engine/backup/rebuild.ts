/** Builds the catalogue and the manifests of an HSM anew from the backups alone. */
import { isWardenError } from '../errors.ts';
import type { BackupStore, Logger, StateAddress, StateStore, StoredBackup } from '../ports.ts';
import { emptyCatalogue, mergeBackups } from './catalogue.ts';
import { countOutcomes, type KeyOutcome, type RunRecord } from './run-record.ts';

/** What a rebuild needs. */
export interface RebuildDeps {
  readonly backups: BackupStore;
  readonly state: StateStore;
  readonly logger: Logger;
}

/** What was rebuilt. */
export interface RebuildResult {
  readonly hsm: string;
  readonly backups: number;
  readonly keys: number;
  readonly runs: number;
}

/**
 * Reads the records of all backups of `hsm` and replaces its catalogue; writes a manifest for each run that has none.
 * What only a manifest knew (keys unchanged, skipped or failed) is not in the backups and stays unknown.
 * Do not run it while a sweep of the HSM is under way: hold the HSM's lease. Fails with storage codes.
 */
export async function rebuild(deps: RebuildDeps, hsm: string): Promise<RebuildResult> {
  let catalogue = emptyCatalogue(hsm);
  const runs = new Map<string, StoredBackup[]>();
  let count = 0;
  for await (const page of deps.backups.list(hsm)) {
    catalogue = mergeBackups(catalogue, page);
    for (const backup of page) {
      const { runId } = backup.record;
      runs.set(runId, [...(runs.get(runId) ?? []), backup]);
      count += 1;
    }
  }
  await replace(deps.state, { kind: 'catalogue', hsm }, JSON.stringify(catalogue));
  for (const [runId, backups] of runs) {
    const text = JSON.stringify(manifestOf(hsm, runId, backups));
    try {
      await deps.state.write({ kind: 'run', hsm, runId }, text, 'absent');
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
    }
  }
  const result = { hsm, backups: count, keys: Object.keys(catalogue.keys).length, runs: runs.size };
  deps.logger.info('catalogue rebuilt from the backups', { ...result });
  return result;
}

function manifestOf(hsm: string, runId: string, backups: readonly StoredBackup[]): RunRecord {
  const keys: Record<string, KeyOutcome> = {};
  for (const { blob, record } of backups) {
    const proof = { blob, sha256: record.sha256, versions: record.versions.length };
    keys[record.key] = { outcome: 'backed-up', reason: 'rebuilt from the backups', ...proof };
  }
  const times = backups.map(({ record }) => record.capturedAt);
  return {
    format: 1,
    hsm,
    runId,
    state: 'succeeded',
    startedAt: times.reduce((a, b) => Math.min(a, b)),
    endedAt: times.reduce((a, b) => Math.max(a, b)),
    parts: 1,
    retries: 0,
    throttles: 0,
    pace: { set: 0, last: 0 },
    counts: countOutcomes(keys),
    keys,
  };
}

async function replace(state: StateStore, address: StateAddress, text: string): Promise<void> {
  const found = await state.read(address);
  await state.write(address, text, found === undefined ? 'absent' : { etag: found.etag });
}
