/** Reads every stored backup of an HSM again: page by page, in as many parts as its time budget asks for. */

import { forEachConcurrently } from '../../core/concurrency.ts';
import { type SendDeps, sendForEach } from '../../core/each-hsm.ts';
import type { Logger, StoredBackup } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import { runIdentifier } from '../backup/start-runs.ts';
import { type CatalogueStore, readEntries } from '../recovery-points/catalogue.ts';
import { type OutboxDeps, publishOutbox } from '../watch/outbox.ts';
import { damageOf } from './check-backup.ts';
import { type AbsencePolicy, settleExpected } from './expected-absence.ts';
import type { VerifyMessage } from './message.ts';
import { VERIFICATIONS } from './message.ts';
import { damageNotes, noteBackups, noteSound } from './note-damage.ts';
import { type Damage, type DamageDeps, reportDamage } from './report-damage.ts';
import { openVerification, sealVerification, type VerifyState } from './verify-state.ts';

/** Backups after which progress is saved: what a killed part reads again is less than this. */
const SLICE = 100;
/** Where progress is sealed it is saved when so long has passed: one signature a slice would cost more than what is read again. */
const SEALED_EVERY_MS = 30_000;

/** What verifying needs. */
export interface VerifyDeps extends DamageDeps, OutboxDeps {
  readonly state: CatalogueStore;
  readonly logger: Logger;
  /** Hears, once it is stored, that damage was found, and that the verification has ended. */
  readonly onNews?: (hsm: string) => Promise<void>;
}

/** How it is to be done. Durations are milliseconds. */
export interface VerifyPolicy extends AbsencePolicy {
  /** Backups read concurrently. */
  readonly concurrency: number;
  /** After this long a part hands over to its continuation. */
  readonly budgetMs: number;
}

/** How a part ended. */
export interface VerifyResult {
  readonly status: 'ended' | 'continued' | 'already-ended';
  readonly state: VerifyState;
}

/** Sends one message per HSM and returns the run's identifier. Fails with storage codes. */
export async function startVerification(deps: SendDeps, hsms: readonly string[]): Promise<string> {
  const runId = runIdentifier(deps.clock.now(), 'verify');
  await sendForEach(deps, VERIFICATIONS, hsms, (hsm) => ({ kind: 'verify', hsm, runId }));
  return runId;
}

/**
 * Does one part of the verification that `message` asks for. Killed at any point, it goes on behind the last slice that was
 * finished. Fails with `state-corrupt`, `state-conflict`, `aborted` or a storage code: the queue then gives the message again.
 */
export async function verify(
  deps: VerifyDeps,
  policy: VerifyPolicy,
  message: VerifyMessage,
  signal: AbortSignal,
): Promise<VerifyResult> {
  const { hsm, runId } = message;
  const deadline = deps.clock.now() + policy.budgetMs;
  let { state, guard, own } = await openVerification(deps.state, hsm, runId, deps.clock.now());
  let savedAt = deps.clock.now();
  if (state.endedAt !== undefined) return { status: 'already-ended', state };
  const save = async (next: VerifyState) => {
    // What was read from the store without a good seal is no word of this process, and neither is what rests on it.
    state = own ? await sealVerification(deps.state, next, deps.logger) : next;
    guard = { etag: await deps.state.write({ kind: 'verify', hsm }, JSON.stringify(state), guard) };
    savedAt = deps.clock.now();
  };
  const note = async (next: VerifyState) => {
    const isNews = next.found > state.found;
    const waits = deps.state.points !== undefined && !isNews;
    if (waits && deps.clock.now() - savedAt < SEALED_EVERY_MS) state = next;
    else await save(next);
    if (isNews) await deps.onNews?.(hsm);
  };
  // Read before the list: whatever the catalogue promises by now must be in it.
  const promised = new Set<string>();
  for await (const { blob } of readEntries(deps.state, hsm, signal)) promised.add(blob);
  for await (const page of deps.backups.list(hsm, undefined, signal)) {
    for (const { blob } of page) promised.delete(blob);
    const { cursor } = state;
    const rest = cursor === undefined ? page : page.filter(({ blob }) => blob > cursor);
    for (let start = 0; start < rest.length; start += SLICE) {
      if (deps.clock.now() >= deadline) {
        if (deps.state.points !== undefined) await save(state);
        await deps.queue.send(VERIFICATIONS, message);
        deps.logger.info('verification continues later', { hsm, runId, checked: state.checked });
        return { status: 'continued', state };
      }
      await note(await verifySlice(deps, policy, state, rest.slice(start, start + SLICE), signal));
    }
  }
  const last = await verifyUnlisted(deps, policy, state, promised, signal);
  // What could not be noted when it was found. What was read without a good seal is no word of this app.
  if (own) await noteBackups(deps, hsm, damageNotes(last.damaged), signal);
  await save({ ...last, endedAt: deps.clock.now() });
  await deps.onNews?.(hsm);
  await publishOutbox(deps, hsm, undefined, signal);
  logEnd(deps.logger, state);
  return { status: 'ended', state };
}

/** One slice: reads all its backups, acts on the damaged ones, and only then counts the slice as done. */
async function verifySlice(
  deps: VerifyDeps,
  policy: VerifyPolicy,
  state: VerifyState,
  slice: readonly StoredBackup[],
  signal: AbortSignal,
): Promise<VerifyState> {
  const damaged: Damage[] = [];
  await forEachConcurrently(slice, policy.concurrency, async (backup) => {
    const read = () => damageOf(deps.backups, backup, signal);
    const reason = await withRetries(read, deps.clock, policy.retry, signal);
    if (reason !== undefined) damaged.push({ backup, reason });
  });
  const news = damaged.filter(({ backup }) => !Object.hasOwn(state.damaged, backup.blob));
  for (const { backup, reason } of news) {
    const { blob, record } = backup;
    deps.logger.error('backup is damaged', { hsm: record.hsm, key: record.key, blob, reason });
  }
  if (news.length > 0) {
    const posted = await reportDamage(deps, state.hsm, news, signal);
    await publishOutbox(deps, state.hsm, posted, signal);
  }
  const now = deps.clock.now();
  const found = Object.fromEntries(news.map(({ backup }) => [backup.blob, now]));
  await noteBackups(deps, state.hsm, damageNotes(found), signal);
  const well = slice.filter(({ blob }) => !damaged.some(({ backup }) => backup.blob === blob));
  const known = await noteSound(deps, state, well, signal);
  return {
    ...state,
    cursor: slice.at(-1)?.blob ?? '',
    checked: state.checked + slice.length,
    bytes: state.bytes + slice.reduce((sum, { record }) => sum + record.bytes, 0),
    found: state.found + damaged.length,
    damaged: { ...known, ...found },
  };
}

/**
 * Backups that the catalogue promises and the store does not list: gone, or so damaged that they are not known as backups.
 * Some are gone by design, of which nobody is informed. They have no place in the order of names, so neither the cursor nor the count moves.
 */
async function verifyUnlisted(
  deps: VerifyDeps,
  policy: VerifyPolicy,
  state: VerifyState,
  unlistedBlobs: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<VerifyState> {
  if (unlistedBlobs.size === 0) return state;
  const unlisted: StoredBackup[] = [];
  for await (const entry of readEntries(deps.state, state.hsm, signal)) {
    if (unlistedBlobs.has(entry.blob)) unlisted.push(entry);
  }
  const unexpected = await settleExpected(deps, policy, state.hsm, unlisted, signal);
  const { found, damaged } = await verifySlice(deps, policy, state, unexpected, signal);
  return { ...state, found, damaged };
}

/** The run's one line; docs/operations.md documents its fields. */
function logEnd(logger: Logger, state: VerifyState): void {
  const { hsm, runId, checked, bytes, found, startedAt, endedAt = startedAt } = state;
  const fields = { hsm, runId, checked, bytes, damaged: found, seconds: (endedAt - startedAt) / 1000 };
  if (found === 0) logger.info('verification ended', fields);
  else logger.error('verification ended with damaged backups', fields);
}
