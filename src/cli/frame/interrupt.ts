/** Ctrl-C is answered at once, whatever a command still waits for. */
import { abortReason } from '../../core/errors.ts';

/** What a command gets to save what it did, and to end on its own: a person waits no longer than a second. */
const GRACE_MS = 700;

/** What `running` comes to; once `signal` has fired it has {@link GRACE_MS} left, then this fails with the signal's reason. */
export async function endingWith<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => reject(abortReason(signal, 'Interrupted.')), GRACE_MS);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  try {
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', begin);
  }
}
