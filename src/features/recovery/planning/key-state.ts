/** The IO of pre-flight: looks at the key on the target HSM and at its backups, and turns the plan into one exact operation. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError, WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { KeyDetail } from '../../../core/model/key.ts';
import { olderFirst } from '../../../core/model/recovery-order.ts';
import type { BackupStore, KeyService, StoredBackup } from '../../../core/ports.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { isoTime } from '../../../core/time.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import type { DrillsOf } from '../../drill/model/results.ts';
import { readEntry } from '../../recovery-points/catalogue.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue-text.ts';
import type { PointSeals } from '../../recovery-points/point-seals.ts';
import { structureFault } from '../../recovery-points/structure.ts';
import { type ExpectedVersion, type Judgement, judgeCandidate } from '../model/known-facts.ts';
import type { Operation, SeenKey } from '../model/record.ts';
import { drilledNotes } from './drilled-notes.ts';
import { evidenceNotes } from './evidence-notes.ts';
import { describeTags, keyHistory } from './history.ts';
import { type Ask, type KeyState, planRecovery, type SharesDomain } from './preflight.ts';

/** What looking needs. */
export interface PreflightDeps {
  /** The keys of a configured HSM. Fails with `hsm-unknown`. */
  readonly keysOf: (hsm: string) => KeyService;
  readonly backups: BackupStore;
  /** Holds the catalogue. */
  readonly store: DocumentStore;
  readonly sharesDomain: SharesDomain;
  /** Where decisions are sealed. */
  readonly decisions: DecisionSeals | undefined;
  /** Where backups are sealed. */
  readonly points?: Pick<PointSeals, 'judge'> | undefined;
  /** What drills of the keys of an HSM came to, where there is a drill HSM for it. */
  readonly drills?: DrillsOf | undefined;
}

/** An exact operation, with what approvers should know about it. */
export interface Preflight {
  readonly operation: Operation;
  readonly seen?: SeenKey;
  readonly notes: readonly string[];
}

/** The state of a key on one HSM now: two direct reads, for lists are slower. Fails with the codes of KeyService. */
export async function readKeyState(keys: KeyService, key: string, signal?: AbortSignal): Promise<KeyState> {
  const active = await orUndefined(() => keys.getKey(key, undefined, signal));
  if (active !== undefined) return { state: 'active' };
  const deleted = await orUndefined(() => keys.getDeletedKey(key, signal));
  if (deleted === undefined) return { state: 'gone' };
  const { deletedAt, scheduledPurgeAt } = deleted;
  const { name, tags } = deleted;
  return { state: 'deleted', name, deletedAt, scheduledPurgeAt, seen: seenOf(deleted), tags };
}

/** What verifying compares of one version. */
export function seenOf({ version, keyType, keyOps, attributes }: KeyDetail): SeenKey {
  const { createdAt, updatedAt, enabled, exportable, notBefore, expiresAt } = attributes;
  return {
    version,
    keyType,
    keyOps: [...keyOps].sort(),
    createdAt,
    updatedAt,
    enabled,
    ...definedOnly({ exportable, notBefore, expiresAt }),
  };
}

/**
 * Says exactly what would be done for `ask` at this moment. Fails with the codes of `planRecovery`, `backup-damaged`,
 * `hsm-unknown`, and those of KeyService and BackupStore.
 */
export async function preflight(deps: PreflightDeps, ask: Ask, signal?: AbortSignal): Promise<Preflight> {
  const keys = deps.keysOf(ask.target);
  deps.keysOf(ask.hsm);
  const state = await readKeyState(keys, ask.key, signal);
  const backups = await backupsOf(deps.backups, ask.hsm, ask.key, signal);
  const plan = planRecovery(ask, state, backups, deps.sharesDomain);
  const { hsm, target, key } = ask;
  if (plan.action === 'recover') {
    const note = backups.length === 0 ? ['There is no backup to verify the recovered key against.'] : [];
    const { name = key, deletedAt, seen, tags = {} } = state.state === 'deleted' ? state : {};
    const history = await keyHistory(deps.store, { hsm: target, key }, deletedAt, signal);
    return {
      operation: {
        action: 'recover',
        hsm,
        target,
        key: name,
        ...definedOnly({ deletedAt }),
      },
      ...definedOnly({ seen }),
      notes: [
        ...plan.notes,
        ...history,
        ...(seen === undefined ? [] : [describeSeen(seen)]),
        ...describeTags(tags),
        ...note,
      ],
    };
  }
  const known = await catalogued(deps.store, hsm, key, signal);
  const faults: string[] = [];
  let code: WardenErrorCode = 'backup-damaged';
  for (const candidate of plan.candidates) {
    const found = await inspectBackup(deps.backups, candidate, signal);
    if ('stored' in found) {
      const judgement = judgeCandidate(found.stored, known.entry, backups);
      const refusal = refusalOf(judgement, plan.substitutes);
      if (refusal === undefined) {
        const history = await keyHistory(deps.store, { hsm, key }, undefined, signal);
        const { expected, agreeing } = judgement;
        const verdict = (await deps.points?.judge(signal))?.(found.stored.record);
        const evidence = evidenceNotes(found.stored, { verdict, expected, agreeing });
        const notes = [
          ...plan.notes,
          ...history,
          ...faults,
          ...known.notes,
          ...judgement.warnings,
          ...evidence,
          ...(await drilledNotes(deps.drills, found.stored, signal)),
        ];
        return restoreOf(ask, found.stored, judgement.expected, notes);
      }
      code = 'backup-contradicted';
      faults.push(`The backup ${candidate.blob} was not chosen: ${refusal}.`);
    } else faults.push(`The backup ${candidate.blob} is damaged: ${found.fault}.`);
    if (!plan.substitutes) break;
  }
  throw new WardenError(code, {
    message: `Key ${key} of HSM ${hsm} cannot be restored. ${faults.join(' ')}`,
    advice:
      code === 'backup-damaged'
        ? 'Choose another backup of the key.'
        : 'Find out who wrote the backup that disagrees. A backup of another key of this name is restored only when it is named.',
    hsm,
    key,
  });
}

/** Why a backup is not restored: what contradicts it, or, where nobody named it, that it has nothing to do with what is known. */
function refusalOf({ contradictions, isStranger, warnings }: Judgement, isAutomatic: boolean) {
  if (contradictions.length > 0) return contradictions.join('; ');
  return isAutomatic && isStranger ? warnings[0]?.replace(/\.$/, '') : undefined;
}

/** What the catalogue knows of a key; one that cannot be read confirms nothing, and approvers are informed. */
export async function catalogued(
  store: DocumentStore,
  hsm: string,
  key: string,
  signal?: AbortSignal,
): Promise<{ readonly entry: CatalogueEntry | undefined; readonly notes: readonly string[] }> {
  try {
    return { entry: await readEntry(store, hsm, key, signal), notes: [] };
  } catch (error) {
    if (!isWardenError(error, 'state-corrupt')) throw error;
    return { entry: undefined, notes: [`The catalogue could not be asked: ${error.message}`] };
  }
}

function describeSeen(seen: SeenKey): string {
  const expiry = seen.expiresAt === undefined ? '' : `, expires at ${isoTime(seen.expiresAt)}`;
  return `Its newest version is ${seen.version} (${seen.keyType}, ${seen.enabled ? 'enabled' : 'disabled'}${expiry}).`;
}

function restoreOf(
  ask: Ask,
  { blob, versionId, record }: StoredBackup,
  expected: readonly ExpectedVersion[],
  notes: readonly string[],
): Preflight {
  // The spelling of the HSM that made the backup, however it was asked for.
  const { hsm, target } = ask;
  const { key } = record;
  const backup = {
    blob,
    sha256: record.sha256,
    capturedAt: record.capturedAt,
    versions: [...expected],
    ...definedOnly({ versionId }),
  };
  const confirmed = expected.filter((version) => version.confirmed).length;
  const about = `The backup ${blob} was captured at ${isoTime(record.capturedAt)} and holds ${record.versions.length} version(s), ${confirmed} of them confirmed by the catalogue.`;
  const bound =
    versionId === undefined
      ? 'The storage account gave no version of it: it is bound by its name and SHA-256.'
      : `It is bound by its SHA-256 and to version ${versionId} of its name.`;
  return { operation: { action: 'restore', hsm, target, key, backup }, notes: [...notes, about, bound] };
}

/** All backups of a key on its HSM, oldest first; a list gives the pinned copies apart. */
export async function backupsOf(
  store: BackupStore,
  hsm: string,
  key: string,
  signal?: AbortSignal,
): Promise<StoredBackup[]> {
  const found: StoredBackup[] = [];
  for await (const page of store.list(hsm, key, signal)) found.push(...page);
  return found.sort(olderFirst);
}

/** The very version of a backup that would be restored, or what is wrong with it: its hash, then its structure. */
export async function inspectBackup(
  store: BackupStore,
  { blob, record }: StoredBackup,
  signal?: AbortSignal,
): Promise<{ readonly stored: StoredBackup } | { readonly fault: string }> {
  try {
    // The current version, and from the same read its identifier: what is judged here is what approvers approve.
    const { stored, bytes } = await store.fetch({ blob }, signal);
    if (sha256Hex(bytes) !== record.sha256 || stored.record.sha256 !== record.sha256) {
      return { fault: 'its SHA-256 is not the recorded one' };
    }
    const fault = structureFault(bytes);
    return fault === undefined ? { stored } : { fault };
  } catch (error) {
    if (isWardenError(error, 'blob-missing')) return { fault: 'it is not there' };
    if (isWardenError(error, 'backup-damaged')) return { fault: error.message };
    throw error;
  }
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return undefined;
    throw error;
  }
}
