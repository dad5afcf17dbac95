/** Composes the notifications: the queue to whichever app sends them, and the channels of the app that does. */
import type { TokenCredential } from '@azure/core-auth';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { openChannels, outgoingOptions, readSecretsFile } from '../adapters/notify/open-channels.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { StorageWorkQueue } from '../adapters/queue/storage-work-queue.ts';
import type { Clock, QueueLook, WorkQueue } from '../core/ports.ts';
import { bothSecrets } from '../features/notify/model/channel-secrets.ts';
import type { Channel } from '../features/notify/model/ports.ts';
import type { Config } from './config/config.ts';

/** The queue that events are handed over to; undefined where the settings name no channel. */
export function notifyQueue(
  { notify, storage }: Pick<Config, 'notify' | 'storage'>,
  state: StorageAccess,
  clock: Clock,
): (WorkQueue & QueueLook) | undefined {
  if (notify.channels.length === 0) return undefined;
  return queueAt(notify.queueUrl, { storage }, state, clock);
}

/** The queue of the app that drills. */
export function drillQueueOf(
  { drill, storage }: Pick<Config, 'drill' | 'storage'>,
  state: StorageAccess,
  clock: Clock,
): WorkQueue {
  return queueAt(drill.queueUrl, { storage }, state, clock);
}

/** The queues of another app, where it has an account of its own. */
export function queueAt(
  queueUrl: string | undefined,
  { storage }: Pick<Config, 'storage'>,
  state: StorageAccess,
  clock: Clock,
): WorkQueue & QueueLook {
  const access = state.kind === 'identity' && queueUrl !== undefined ? { ...state, queueUrl } : state;
  const createMissing = storage.kind === 'connection';
  return new StorageWorkQueue({ service: createQueueService(access), clock, createMissing });
}

/** The channels, made when they are first asked for; again as long as the file of their secrets cannot be read. */
export function channelsOf(
  { notify }: Pick<Config, 'notify'>,
  {
    credential,
    clock,
    caPem,
  }: { readonly credential: TokenCredential; readonly clock: Clock; readonly caPem: string | undefined },
): () => ReadonlyMap<string, Channel> {
  let made: ReadonlyMap<string, Channel> | undefined;
  return () => {
    const { channels: entries, secrets, secretsFile, hosts, privateHosts } = notify;
    if (made !== undefined) return made;
    const inFile =
      entries.length === 0 || secretsFile === undefined ? undefined : readSecretsFile(secretsFile);
    const known = inFile === undefined ? secrets : bothSecrets(inFile, secrets);
    const outgoing = outgoingOptions({ hosts, privateHosts }, () => clock.now(), caPem);
    const opened = openChannels({ entries, secrets: known, credential, outgoing });
    if (inFile?.fault === undefined) made = opened;
    return opened;
  };
}
