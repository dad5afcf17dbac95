/** Checks the topic: that there is one, and that it answers. No event is sent. */
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import { isLoopback } from '../../config/settings.ts';
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
      'Set WARDEN_TOPIC_URL; nobody is told of a coming purge otherwise.',
    );
  }
  const request = createPipelineRequest({
    url,
    method: 'OPTIONS',
    timeout: TIMEOUT_MS,
    abortSignal: signal,
    allowInsecureConnection: isLoopback(url),
    ...(caPem === undefined ? {} : { tlsSettings: { ca: caPem } }),
  });
  try {
    const { status } = await createDefaultHttpClient().sendRequest(request);
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
