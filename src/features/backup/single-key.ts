/** Backs up one key soon after it changed, at most once in five minutes, and never misses the last change. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import type { ListedKey } from '../../core/model/key.ts';
import type { KeySelection } from '../../core/model/selection.ts';
import type { Logger, WorkQueue } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import { type BackUpKeyDeps, backingUp, unsealedBecause } from '../recovery-points/back-up-key.ts';
import { type CatalogueEntry, readEntry } from '../recovery-points/catalogue.ts';
import { planKey } from '../recovery-points/plan.ts';
import { saveBackups } from '../recovery-points/save-backups.ts';
import type { KeyBackupMessage } from './queues.ts';
import { KEY_BACKUPS } from './queues.ts';
import { runIdentifier } from './start-runs.ts';

/** A key changed a hundred times in a minute is backed up at once and once more when this has passed. */
export const SETTLE_MS = 5 * 60_000;

/** What backing up one key on request needs. */
export interface SingleKeyDeps extends BackUpKeyDeps {
  readonly state: DocumentStore;
  readonly queue: WorkQueue;
  readonly logger: Logger;
}

/** How it is to be done. */
export interface SingleKeyPolicy {
  readonly selection: KeySelection;
  readonly retry: RetryPolicy;
}

/**
 * What became of the request. `covered`: the newest backup holds the key as it is; `postponed`: the message was sent
 * again for later; `gone`: there is no such active key any more, which the watch reports about.
 */
export type SingleKeyResult = 'backed-up' | 'covered' | 'postponed' | 'gone' | 'skipped';

/**
 * Does what `message` asks for. Whether there is anything to do follows from the key and the catalogue alone, so a message
 * that comes twice, or late, does no harm. Fails with the codes of the ports: the queue then gives the message again.
 */
export async function backUpSingleKey(
  deps: SingleKeyDeps,
  policy: SingleKeyPolicy,
  message: KeyBackupMessage,
  signal: AbortSignal,
): Promise<SingleKeyResult> {
  // Whoever asks for a longer wait gets it from the queue: a worker that only waits would be ended by the host.
  const retry = { ...policy.retry, until: deps.clock.now() + SETTLE_MS };
  const result = await attempt(deps, { ...policy, retry }, message, signal);
  if (result !== 'backed-up') {
    deps.logger.info('key needs no backup now', { hsm: message.hsm, key: message.key, result });
  }
  return result;
}

async function attempt(
  deps: SingleKeyDeps,
  policy: SingleKeyPolicy,
  message: KeyBackupMessage,
  signal: AbortSignal,
): Promise<SingleKeyResult> {
  const { hsm } = message;
  const entry = await readEntry(deps.state, hsm, message.key, signal);
  try {
    const { key, version } = await readKey(deps, policy, message.key, signal);
    const now = deps.clock.now();
    const plan = planKey(key, entry?.record, {
      selection: policy.selection,
      refreshMs: Number.POSITIVE_INFINITY,
      nextRunAt: now,
    });
    if (plan.action === 'skip') return 'skipped';
    if (message.reason === 'changed') {
      if (plan.action === 'unchanged' && holds(entry, version)) return 'covered';
      if (entry !== undefined && isWithin(now - entry.record.capturedAt)) {
        const waitMs = entry.record.capturedAt + SETTLE_MS - now;
        // Sent before this message is given back: killed in between, there are two, and the second finds nothing to do.
        await deps.queue.send(KEY_BACKUPS, message, Math.ceil(waitMs / 1000));
        return 'postponed';
      }
    }
    await backUpNow(deps, policy, message, key, entry, signal);
    return 'backed-up';
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return 'gone';
    throw error;
  }
}

/** Another key of the very same times, restored from another HSM, has other versions. */
function holds(entry: CatalogueEntry | undefined, version: string): boolean {
  return entry?.record.versions.some((held) => held.version === version) ?? false;
}

/** A backup from the future says nothing of how long ago it was: nobody waits for its time to come. */
function isWithin(ageMs: number): boolean {
  return ageMs >= 0 && ageMs < SETTLE_MS;
}

async function readKey(
  deps: SingleKeyDeps,
  policy: SingleKeyPolicy,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly key: ListedKey; readonly version: string }> {
  const { attributes, tags, version, ...key } = await withRetries(
    () => deps.keys.getKey(name, undefined, signal),
    deps.clock,
    policy.retry,
    signal,
  );
  return { key: { name: key.name, attributes, tags, managed: false }, version };
}

async function backUpNow(
  deps: SingleKeyDeps,
  policy: SingleKeyPolicy,
  message: KeyBackupMessage,
  key: ListedKey,
  entry: CatalogueEntry | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { hsm } = message;
  const runId = runIdentifier(deps.clock.now(), 'change');
  const known = entry && { blob: entry.blob, versions: entry.record.versions };
  const stored = await withRetries(
    backingUp(deps, { key, runId, known, signal }),
    deps.clock,
    policy.retry,
    signal,
    (error) => {
      // Reported before a wait that is made, so never of one that would keep a sweep beyond its own time.
      if (isWardenError(error, 'hsm-throttled', 'hsm-unavailable')) deps.pacer.throttled(error.retryAfterMs);
    },
  );
  const unsealed = unsealedBecause(deps, stored);
  if (unsealed !== undefined) throw unsealed;
  await saveBackups(deps.state, hsm, [stored]);
  const { capturedAt, versions } = stored.record;
  deps.logger.info('key backed up', {
    hsm,
    key: key.name,
    reason: message.reason,
    blob: stored.blob,
    versions: versions.length,
    ...(message.changedAt === undefined ? {} : { lagSeconds: (capturedAt - message.changedAt) / 1000 }),
  });
}
