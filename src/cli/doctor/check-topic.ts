/** Checks the topic: that there is one, and that it answers. No event is sent. */
import { sendOnce } from '../connect/http-call.ts';
import { type Finding, fail, ok, warn } from './check.ts';

const TIMEOUT_MS = 15_000;

/** Any answer counts: who may publish is the app's identity, not the person who asks. */
export async function checkTopic(
  url: string | undefined,
  caPem: string | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  if (url === undefined) {
    return warn(
      'topic',
      'none',
      'events are only written to the log',
      'Set WARDEN_TOPIC_URL; nobody is notified of a coming purge otherwise.',
    );
  }
  try {
    const { status } = await sendOnce({ url, method: 'OPTIONS', timeoutMs: TIMEOUT_MS, caPem, signal });
    return ok('topic', new URL(url).host, `it answers (${status})`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      'topic',
      new URL(url).host,
      `it does not answer: ${why}`,
      'Check WARDEN_TOPIC_URL, DNS and the network rules of the topic.',
    );
  }
}
