/** Pre-flight of an adoption: a backup without a seal that counts, of a key that is gone, is to count as a recovery point from now on. */
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { BackupStore, StoredBackup } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import { factsDigest } from '../../recovery-points/adoptions.ts';
import { judgeCandidate } from '../model/known-facts.ts';
import {
  backupsOf,
  catalogued,
  inspectBackup,
  type Preflight,
  type PreflightDeps,
  preflight,
  readKeyState,
} from './key-state.ts';
import type { Ask } from './preflight.ts';

/**
 * Says exactly which backup would be adopted. Fails with `key-active` or `key-deleted` (a backup of a living key is simply taken
 * again), `backup-unknown`, `backup-damaged`, `backup-contradicted`, `nothing-to-adopt`, and the codes of KeyService and BackupStore.
 */
async function planAdoption(deps: PreflightDeps, ask: Ask, signal?: AbortSignal): Promise<Preflight> {
  const { hsm, target, key, backup: blob } = ask;
  if (deps.decisions === undefined || deps.backups.all === undefined) {
    throw refuse(
      ask,
      'nothing-to-adopt',
      'nothing is sealed here, so every backup counts without a decision',
    );
  }
  if (blob === undefined || target !== hsm || ask.asOf !== undefined) {
    throw refuse(
      ask,
      'nothing-to-adopt',
      'an adoption names one backup, on the HSM it is of, and nothing else',
    );
  }
  const { state } = await readKeyState(deps.keysOf(hsm), key, signal);
  if (state !== 'gone') {
    const code = state === 'active' ? 'key-active' : 'key-deleted';
    const words = state === 'active' ? 'active' : 'soft-deleted';
    throw refuse(
      ask,
      code,
      `the key is ${words}: a backup of it is taken again, and sealed, by the next run`,
    );
  }
  const points = await backupsOf(deps.backups, hsm, key, signal);
  if (points.some((one) => one.blob === blob)) {
    throw refuse(ask, 'nothing-to-adopt', `the backup ${blob} is a recovery point already`);
  }
  const candidate = (await backupsOf(deps.backups.all, hsm, key, signal)).find((one) => one.blob === blob);
  if (candidate === undefined) throw refuse(ask, 'backup-unknown', `there is no backup ${blob} of it`);
  const stored = await sound(deps.backups.all, ask, candidate, signal);
  const known = await catalogued(deps.store, hsm, key, signal);
  const { contradictions, warnings, expected } = judgeCandidate(stored, known.entry, points);
  if (contradictions.length > 0) throw refuse(ask, 'backup-contradicted', contradictions.join('; '));
  const { record, versionId } = stored;
  const verdict = (await deps.points?.judge(signal))?.(record);
  const why = verdict === undefined || verdict.good ? '' : `, for ${verdict.why}`;
  const versions = expected.map(({ version, thumbprint }) => `${version} (${thumbprint ?? 'no public key'})`);
  return {
    operation: {
      action: 'adopt',
      hsm,
      target,
      key: record.key,
      backup: {
        blob,
        sha256: record.sha256,
        capturedAt: record.capturedAt,
        versions: [...expected],
        facts: factsDigest(record),
        ...definedOnly({ versionId }),
      },
    },
    notes: [
      `The backup ${blob} has no seal that counts${why}: whoever could write the container of the backups may have made it. Adopted, it counts as a recovery point of the key.`,
      `It says it was captured at ${isoTime(record.capturedAt)}, has SHA-256 ${record.sha256}, and holds ${versions.join(', ')}.`,
      points.length === 0
        ? 'The key has no sealed recovery point that it could be compared with.'
        : `It was compared with ${points.length} sealed recovery point(s) of the key.`,
      ...known.notes,
      ...warnings,
    ],
  };
}

async function sound(
  store: BackupStore,
  ask: Ask,
  candidate: StoredBackup,
  signal: AbortSignal | undefined,
): Promise<StoredBackup> {
  const found = await inspectBackup(store, candidate, signal);
  if ('stored' in found) return found.stored;
  throw refuse(ask, 'backup-damaged', `the backup ${candidate.blob} is damaged: ${found.fault}`);
}

function refuse(ask: Ask, code: WardenErrorCode, why: string): WardenError {
  return new WardenError(code, {
    message: `No backup of key ${ask.key} of HSM ${ask.hsm} can be adopted as asked: ${why}.`,
    advice: 'hsm-warden backup list --all --key shows every backup of the key, and which are sealed.',
    hsm: ask.hsm,
    key: ask.key,
  });
}

/** Says exactly what would be done at this moment. Fails as {@link preflight} and {@link planAdoption}. */
export function planAsk(deps: PreflightDeps, ask: Ask, signal?: AbortSignal): Promise<Preflight> {
  return ask.action === 'adopt' ? planAdoption(deps, ask, signal) : preflight(deps, ask, signal);
}
