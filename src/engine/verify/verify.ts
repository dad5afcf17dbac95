/** Reads every stored backup of an HSM again: page by page, in as many parts as its time budget asks for. */
import { type RetryPolicy, withRetries } from '../backup/retry.ts';
import { runIdentifier } from '../backup/start-runs.ts';
import { forEachConcurrently } from '../backup/worker-pool.ts';
import { lookUp } from '../look-up.ts';
import type { Logger, StoredBackup } from '../ports.ts';
import { flushOutbox, type OutboxDeps } from '../watch/outbox.ts';
import { damageOf } from './check-backup.ts';
import type { VerifyMessage } from './message.ts';
import { type Damage, type DamageDeps, reportDamage } from './report-damage.ts';
import { openVerification, type VerifyState } from './verify-state.ts';

/** What verifying needs. */
export interface VerifyDeps extends DamageDeps, OutboxDeps {
  readonly logger: Logger;
}

/** How it is to be done. Durations are milliseconds. */
export interface VerifyPolicy {
  /** Backups read at once. */
  readonly concurrency: number;
  /** After this long a part hands over to its continuation. */
  readonly budgetMs: number;
  readonly retry: RetryPolicy;
}

/** How a part ended. */
export interface VerifyResult {
  readonly status: 'ended' | 'continued' | 'already-ended';
  readonly state: VerifyState;
}

/** Sends one message per HSM and returns the run's identifier. Fails with storage codes. */
export async function startVerification(
  deps: Pick<VerifyDeps, 'queue' | 'clock'>,
  hsms: readonly string[],
): Promise<string> {
  const runId = runIdentifier(deps.clock.now(), 'verify');
  for (const hsm of hsms) {
    const message: VerifyMessage = { kind: 'verify', hsm, runId };
    await deps.queue.send('verifications', message);
  }
  return runId;
}

/**
 * Does one part of the verification that `message` asks for. Killed at any point, it goes on behind the last page that was
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
  let { state, guard } = await openVerification(deps.state, hsm, runId, deps.clock.now());
  if (state.endedAt !== undefined) return { status: 'already-ended', state };
  const save = async (next: VerifyState) => {
    state = next;
    guard = { etag: await deps.state.write({ kind: 'verify', hsm }, JSON.stringify(next), guard) };
  };
  for await (const page of deps.backups.list(hsm, undefined, signal)) {
    const { cursor } = state;
    const rest = cursor === undefined ? page : page.filter(({ blob }) => blob > cursor);
    if (rest.length === 0) continue;
    if (deps.clock.now() >= deadline) {
      await deps.queue.send('verifications', message);
      deps.logger.info('verification continues later', { hsm, runId, checked: state.checked });
      return { status: 'continued', state };
    }
    await save(await verifyPage(deps, policy, state, rest, signal));
  }
  await save({ ...state, endedAt: deps.clock.now() });
  await flushOutbox(deps, hsm, signal);
  logEnd(deps.logger, state);
  return { status: 'ended', state };
}

/** One page: reads all its backups, acts on the damaged ones, and only then counts the page as done. */
async function verifyPage(
  deps: VerifyDeps,
  policy: VerifyPolicy,
  state: VerifyState,
  page: readonly StoredBackup[],
  signal: AbortSignal,
): Promise<VerifyState> {
  const damaged: Damage[] = [];
  await forEachConcurrently(stream(page), policy.concurrency, async (backup) => {
    const read = () => damageOf(deps.backups, backup, signal);
    const reason = await withRetries(read, deps.clock, policy.retry, signal);
    if (reason !== undefined) damaged.push({ backup, reason });
  });
  const news = damaged.filter(({ backup }) => lookUp(state.damaged, backup.blob) === undefined);
  for (const damage of news) {
    const { blob, record } = damage.backup;
    deps.logger.error('backup is damaged', { hsm: record.hsm, key: record.key, blob, reason: damage.reason });
    await reportDamage(deps, damage, signal);
  }
  if (news.length > 0) await flushOutbox(deps, state.hsm, signal);
  const now = deps.clock.now();
  return {
    ...state,
    cursor: page.at(-1)?.blob ?? '',
    checked: state.checked + page.length,
    bytes: state.bytes + page.reduce((sum, { record }) => sum + record.bytes, 0),
    found: state.found + damaged.length,
    damaged: { ...state.damaged, ...Object.fromEntries(news.map(({ backup }) => [backup.blob, now])) },
  };
}

/** The run's one line; docs/operations.md documents its fields. */
function logEnd(logger: Logger, state: VerifyState): void {
  const { hsm, runId, checked, bytes, found, startedAt, endedAt = startedAt } = state;
  const fields = { hsm, runId, checked, bytes, damaged: found, seconds: (endedAt - startedAt) / 1000 };
  if (found === 0) logger.info('verification ended', fields);
  else logger.error('verification ended with damaged backups', fields);
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
