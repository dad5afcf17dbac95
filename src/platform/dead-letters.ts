/** The messages that failed for good: those of an app's own account, and those of every account of a deployment. */
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { StorageDeadLetters } from '../adapters/queue/storage-dead-letters.ts';
import type { Clock, DeadLetters } from '../core/ports.ts';
import { type Config, queuesBeside } from './config/config.ts';
import { DRILL_QUEUES, QUEUES } from './features.ts';

/** The messages that failed for good in one storage account. */
export interface AccountLetters {
  /** The endpoint of its queues; undefined for the one account of a local world. */
  readonly account: string | undefined;
  readonly letters: DeadLetters;
}

/** Those of the account that the app's own queues are in. */
export function deadLettersOf(access: StorageAccess, clock: Clock): DeadLetters {
  const service = createQueueService(access);
  return new StorageDeadLetters({ service, clock, queues: [...QUEUES, ...DRILL_QUEUES] });
}

/** Those of every account that the settings name: each app has its queues in an account of its own. */
export function deadLettersEverywhere(
  config: Pick<Config, 'storage' | 'notify' | 'drill'>,
  state: StorageAccess,
  clock: Clock,
): readonly AccountLetters[] {
  if (state.kind !== 'identity') return [{ account: undefined, letters: deadLettersOf(state, clock) }];
  return queueAccountsOf(config).map((queueUrl) => ({
    account: queueUrl,
    letters: deadLettersOf({ ...state, queueUrl }, clock),
  }));
}

/** The endpoints of all queues that the settings name, each once. */
export function queueAccountsOf({
  storage,
  notify,
  drill,
}: Pick<Config, 'storage' | 'notify' | 'drill'>): readonly string[] {
  if (storage.kind === 'connection') return [];
  const named = [storage.queueUrl, queuesBeside(storage.stateUrl), notify.queueUrl, drill.queueUrl];
  return [...new Set(named.filter((url) => url !== undefined).map((url) => url.replace(/\/+$/, '')))];
}
