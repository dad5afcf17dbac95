/** Finds out which message a request is: by its id where the service is given one, else by how the product makes it look. */
import { toPagerDuty } from '../../src/adapters/notify/render/pagerduty.ts';
import { toSlack } from '../../src/adapters/notify/render/slack.ts';
import { toTeams } from '../../src/adapters/notify/render/teams.ts';
import type { Message } from '../../src/features/notify/model/message.ts';
import type { Delivery, Kind } from '../../test/support/notify-service.ts';

/** Everything that ever waited for one channel. */
export class KnownMessages {
  readonly #mark: (message: Message) => string;
  readonly #byMark = new Map<string, Message[]>();
  readonly #ids = new Set<string>();

  constructor(kind: Kind | 'smtp') {
    this.#mark = (message) => markOf(kind, message);
  }

  /** The message with that mark: of several that look the same the one that waits, or the last. */
  find(mark: string, waiting: readonly Message[]): Message | undefined {
    for (const message of waiting.filter(({ id }) => !this.#ids.has(id))) {
      this.#ids.add(message.id);
      const own = this.#mark(message);
      this.#byMark.set(own, [...(this.#byMark.get(own) ?? []), message]);
    }
    const found = this.#byMark.get(mark) ?? [];
    return found.find(({ id }) => waiting.some((one) => one.id === id)) ?? found.at(-1);
  }
}

function markOf(kind: Kind | 'smtp', message: Message): string {
  switch (kind) {
    case 'slack':
      return JSON.stringify(toSlack(message));
    case 'teams':
      return JSON.stringify(toTeams(message));
    case 'pagerduty':
      return JSON.stringify(toPagerDuty(message).body);
    case 'webhook':
      return `msg_${message.id}`;
    case 'azure-mail':
      return withoutVersion(message.id);
    case 'smtp':
      return message.id;
  }
}

/** What tells a request to a service over https from others. */
export function markIn(kind: Kind, { headers, body }: Delivery): string {
  switch (kind) {
    case 'slack':
    case 'teams':
      return body;
    case 'pagerduty': {
      const { routing_key: _, ...event } = JSON.parse(body);
      return JSON.stringify(event);
    }
    case 'webhook':
      return String(headers['webhook-id']);
    case 'azure-mail':
      return withoutVersion(String(headers['operation-id']).replaceAll('-', ''));
  }
}

/** What tells a mail from others. */
export function markInMail(mail: string): string {
  return /^X-HSM-Warden-Id: ([0-9a-f]{32})\r?$/im.exec(mail)?.[1] ?? '';
}

/** The id of an operation is a UUID, in which two digits are fixed. */
function withoutVersion(id: string): string {
  return `${id.slice(0, 12)}${id.slice(13, 16)}${id.slice(17)}`;
}
