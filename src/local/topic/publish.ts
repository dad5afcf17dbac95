/** Decides about one request to publish: who sends it, whether it fits, what is in it. */
import { timingSafeEqual } from 'node:crypto';
import { ACCEPTED, type Answer, refusal } from './answers.ts';
import { type CloudEvent, type Headers, readPublished } from './cloud-event.ts';

/** Event Grid takes 1 MB a request: https://learn.microsoft.com/azure/event-grid/quotas-limits */
export const MAX_BODY_BYTES = 1024 * 1024;

/** API versions of the publish operation. */
const API_VERSIONS = new Set(['2018-01-01']);

/** Who may publish. */
export interface Publishers {
  /** Keys for the header `aeg-sas-key`. */
  readonly keys: readonly string[];
  /** Whether a bearer token is good; none is when absent. */
  readonly acceptBearer?: (token: string) => boolean | Promise<boolean>;
}

/** A request to publish; `url` is its path and query. */
export interface PublishRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** The answer, and the events taken. */
export interface Outcome {
  readonly answer: Answer;
  readonly events: readonly CloudEvent[];
}

/** Answers one request. */
export async function publish(request: PublishRequest, publishers: Publishers): Promise<Outcome> {
  const { pathname, searchParams } = new URL(request.url, 'http://topic');
  if (pathname !== '/api/events') return refuse(refusal(404, 'There is no topic at this address.'));
  if (request.method !== 'POST') return refuse(refusal(405, 'Events are published by POST.'));
  if (!(await isKnown(request.headers, publishers))) {
    return refuse(refusal(401, 'The request carries no valid aeg-sas-key and no valid bearer token.'));
  }
  const version = searchParams.get('api-version');
  if (version !== null && !API_VERSIONS.has(version)) {
    return refuse(refusal(400, `The api-version ${version} is not known.`));
  }
  if (Buffer.byteLength(request.body) > MAX_BODY_BYTES) return refuse(tooLarge());
  const published = readPublished(request.headers, request.body);
  if ('problem' in published) {
    return refuse(
      refusal(400, `The topic takes CloudEvents 1.0, and the request does not conform: ${published.problem}`),
    );
  }
  return { answer: ACCEPTED, events: published.events };
}

/** The refusal of a body beyond the limit. */
export function tooLarge(): Answer {
  return refusal(413, `The request is larger than ${MAX_BODY_BYTES} bytes.`);
}

async function isKnown(headers: Headers, { keys, acceptBearer }: Publishers): Promise<boolean> {
  const key = headers['aeg-sas-key'];
  if (typeof key === 'string') return keys.some((known) => isSame(known, key));
  const [scheme, token] = (headers.authorization?.toString() ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || acceptBearer === undefined) return false;
  return acceptBearer(token);
}

function isSame(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function refuse(answer: Answer): Outcome {
  return { answer, events: [] };
}
