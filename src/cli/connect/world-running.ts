/** Tells a local world that ended from one in which something is broken. */
import { UsageError } from '../frame/failures.ts';
import { sendOnce } from './http-call.ts';
import type { WorldFile } from './world-file.ts';

const TIMEOUT_MS = 5_000;

/** Fails with UsageError when neither an HSM nor the storage of the world answers. One that answers anything is enough. */
export async function requireRunning(
  { hsms, blobUrl }: WorldFile,
  caPem: string,
  signal: AbortSignal,
): Promise<void> {
  const urls = [...hsms.map(({ url }) => url), blobUrl];
  try {
    await Promise.any(
      urls.map((url) => sendOnce({ url, method: 'GET', timeoutMs: TIMEOUT_MS, caPem, signal })),
    );
  } catch {
    // After Ctrl-C nothing answers either: the command itself will say so.
    if (signal.aborted) return;
    throw new UsageError(
      'The local world is not running: start it with `npm start` in another terminal.',
      'It keeps its keys and backups from one start to the next. One with --keys is named by HSM_WARDEN_WORLD: `npm start` says how.',
    );
  }
}
