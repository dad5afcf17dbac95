/** Distinguishes backups that are gone as designed, because the store's lifecycle rule removed them, from those that are lost. */

import { BackupRecord } from '../../core/model/backup-record.ts';
import { ownValue } from '../../core/model/key-name.ts';
import { type KeySelection, reasonToSkip } from '../../core/model/selection.ts';
import type { BackupStore, Logger, StoredBackup } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import { type Exchange, exchangeBackups } from '../recovery-points/save-backups.ts';
import { asListed } from '../watch/model/remembered.ts';
import { readWatchState, type WatchState } from '../watch/model/watch-state.ts';
import { damageOf, GONE } from './check-backup.ts';
import type { DamageDeps } from './report-damage.ts';

/** What decides whether an absence is by design. */
export interface AbsencePolicy {
  readonly selection: KeySelection;
  /** Age at which the store's lifecycle rule removes a backup, milliseconds. */
  readonly retentionMs: number;
  readonly retry: RetryPolicy;
}

/** What it needs. */
type AbsenceDeps = Pick<DamageDeps, 'backups' | 'state' | 'clock'> & { readonly logger: Logger };

/**
 * Takes the promises of `unlisted` that nobody need hear of out of the catalogue, and returns the others: a purged key's
 * backup lives on as its pinned copy, and one of a key that needs none any more has reached its age.
 * Fails with `state-corrupt`, `state-conflict` or a storage code.
 */
export async function settleExpected(
  deps: AbsenceDeps,
  policy: AbsencePolicy,
  hsm: string,
  unlisted: readonly StoredBackup[],
  signal: AbortSignal,
): Promise<readonly StoredBackup[]> {
  const memory = await readWatchState(deps.state, hsm, signal);
  const others: StoredBackup[] = [];
  const explained: Explained[] = [];
  for (const backup of unlisted) {
    const explain = () => explainOne(deps, policy, memory, backup, signal);
    const one = await withRetries(explain, deps.clock, policy.retry, signal);
    if (one === undefined) others.push(backup);
    else explained.push(one);
  }
  if (explained.length > 0) await exchangeBackups(deps.state, hsm, explained);
  for (const { level, said, key, blob, replacement } of explained) {
    deps.logger[level](said, { hsm, key, blob, ...(replacement && { copy: replacement.blob }) });
  }
  return others;
}

/** What becomes of a promise that nobody need hear of. */
interface Explained extends Exchange {
  readonly level: 'info' | 'warn';
  readonly said: string;
}

/** `undefined`: `backup` is one that should be there. */
async function explainOne(
  deps: AbsenceDeps,
  policy: AbsencePolicy,
  memory: WatchState,
  backup: StoredBackup,
  signal: AbortSignal,
): Promise<Explained | undefined> {
  const { blob, record, storedAt } = backup;
  const { key } = record;
  if ((await damageOf(deps.backups, backup, signal)) !== GONE) return undefined;
  const isOld = deps.clock.now() - storedAt >= policy.retentionMs;
  const copy = await copyOf(deps.backups, backup, signal);
  if (copy !== undefined) {
    if ((await damageOf(deps.backups, copy, signal)) !== undefined) return undefined;
    const said = 'backup lives on as its pinned copy';
    return { key, blob, replacement: copy, level: isOld ? 'info' : 'warn', said };
  }
  if (!isOld || !isNeededNoMore(memory, policy, backup)) return undefined;
  const said = 'backup reached its age and is needed no more';
  return { key, blob, replacement: undefined, level: 'info', said };
}

/** The same backup under another name. */
async function copyOf(
  backups: BackupStore,
  { blob, record }: StoredBackup,
  signal: AbortSignal,
): Promise<StoredBackup | undefined> {
  const text = textOf(record);
  for await (const page of backups.list(record.hsm, record.key, signal)) {
    const copy = page.find((other) => other.blob !== blob && textOf(other.record) === text);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

/** The same for equal records: parsing puts the fields in order. */
function textOf(record: BackupRecord): string {
  return JSON.stringify(BackupRecord.parse(record));
}

/** Of a key that is nowhere, or that the settings leave out. Of a purged one a copy was to be kept: not so. */
function isNeededNoMore(
  { lookedAt, keys, purges, pins }: WatchState,
  { selection }: AbsencePolicy,
  { blob, record }: StoredBackup,
): boolean {
  const purge = ownValue(purges, record.key);
  const isKept = pins.includes(blob) || (purge !== undefined && record.capturedAt <= purge.at);
  if (lookedAt === undefined || isKept) return false;
  const known = ownValue(keys, record.key);
  return known === undefined || reasonToSkip(asListed(record.key, known), selection) !== undefined;
}
