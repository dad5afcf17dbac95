/** The envelope of every event: CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). */
import { sha256Hex } from '../sha256.ts';

/** The `source` of every event: with `id` it makes an event unique (section 3.1 of the specification). */
export const EVENT_SOURCE = '/hsm-warden';

/** Any event of the product. It never holds a secret, a backup or a token. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** 32 hex digits: the same whenever the same thing is reported, so that receivers know a repeat. */
  readonly id: string;
  readonly type: string;
  readonly source: typeof EVENT_SOURCE;
  /** What it is about; events of one subject reach each receiver in the order in which they happened. */
  readonly subject: string;
  /** When it was found, ISO 8601, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: object;
}

/** The id of the event that `identity` stands for: a text of facts that never change, not of when it was found. */
export function eventIdOf(identity: string): string {
  return sha256Hex(identity).slice(0, 32);
}

/** The subject of an event about an HSM, or about a key on it. */
export function subjectOf(hsm: string, key: string | undefined): string {
  return key === undefined ? `hsms/${hsm}` : `hsms/${hsm}/keys/${key}`;
}
