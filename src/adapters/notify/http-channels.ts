/** The channels that take a POST over https: Teams, Slack, PagerDuty, and any receiver of Standard Webhooks. */
import { createHmac } from 'node:crypto';
import { WardenError } from '../../core/errors.ts';
import type { Message } from '../../features/notify/model/message.ts';
import type { Acceptance, Channel } from '../../features/notify/model/ports.ts';
import { requireAccepted } from './outgoing/failures.ts';
import { type OutgoingOptions, type Post, post } from './outgoing/post.ts';
import { toPagerDuty } from './render/pagerduty.ts';
import { toSlack } from './render/slack.ts';
import { toTeams } from './render/teams.ts';

/** What a message becomes. */
type Rendered = Pick<Post, 'url' | 'body' | 'headers'>;

/** How one kind of channel sends. */
interface Kind {
  readonly intervalMs: number;
  readonly render: (message: Message) => Rendered;
  /** Whether the text of an answer with a good status says that the message was not taken after all. */
  readonly judge?: (text: string) => void;
}

/** A channel over https. */
class HttpChannel implements Channel {
  readonly name: string;
  readonly intervalMs: number;
  readonly #kind: Kind;
  readonly #options: OutgoingOptions;

  constructor(name: string, kind: Kind, options: OutgoingOptions) {
    this.name = name;
    this.intervalMs = kind.intervalMs;
    this.#kind = kind;
    this.#options = options;
  }

  async send(message: Message, signal?: AbortSignal): Promise<Acceptance> {
    const answer = await post(this.#options, { of: this.name, signal, ...this.#kind.render(message) });
    requireAccepted(answer);
    this.#kind.judge?.(answer.text);
    return { status: answer.status };
  }
}

/** More than four requests a second are throttled: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
const TEAMS_INTERVAL_MS = 300;
/** One message a second: https://docs.slack.dev/apis/web-api/rate-limits */
const SLACK_INTERVAL_MS = 1_000;

/** A Teams channel or chat behind a workflow "when a Teams webhook request is received". */
export function teamsChannel(name: string, url: string, options: OutgoingOptions): Channel {
  return new HttpChannel(
    name,
    {
      intervalMs: TEAMS_INTERVAL_MS,
      render: (message) => ({ url, body: JSON.stringify(toTeams(message)) }),
      // What stood behind the connectors of old answered 200 to everything, with this in the text.
      judge: (text) => {
        if (!text.includes('HTTP error 429')) return;
        throw new WardenError('channel-throttled', { message: 'Teams asks for less.', reason: '429' });
      },
    },
    options,
  );
}

/** A Slack channel behind an incoming webhook. */
export function slackChannel(name: string, url: string, options: OutgoingOptions): Channel {
  const render = (message: Message) => ({ url, body: JSON.stringify(toSlack(message)) });
  return new HttpChannel(name, { intervalMs: SLACK_INTERVAL_MS, render }, options);
}

/** A service of PagerDuty with an integration of the Events API v2; `origin` is that of the service region. */
export function pagerDutyChannel(
  name: string,
  { origin, routingKey }: { readonly origin: string; readonly routingKey: string },
  options: OutgoingOptions,
): Channel {
  const render = (message: Message) => {
    const { path, body } = toPagerDuty(message);
    return { url: `${origin}${path}`, body: JSON.stringify({ routing_key: routingKey, ...body }) };
  };
  return new HttpChannel(name, { intervalMs: 100, render }, options);
}

/** At least 24 bytes: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const MIN_SECRET_BYTES = 24;

/** A receiver of Standard Webhooks. */
export function webhookChannel(
  name: string,
  { url, secret }: { readonly url: string; readonly secret: string },
  options: OutgoingOptions,
): Channel {
  const render = (message: Message): Rendered => {
    const { recipients: _, ...data } = message;
    const timestamp = new Date(message.at).toISOString();
    const body = JSON.stringify({ type: `hsm-warden.notification.${message.kind}`, timestamp, data });
    const id = `msg_${message.id}`;
    const sentAt = String(Math.floor(options.now() / 1000));
    const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${sentAt}.${body}`).digest('base64');
    const headers = { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': `v1,${mac}` };
    return { url, body, headers };
  };
  return new HttpChannel(name, { intervalMs: 0, render }, options);
}

function keyOf(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= MIN_SECRET_BYTES && bytes.toString('base64') === encoded) return bytes;
  throw new WardenError('channel-misconfigured', {
    message: `The secret of the channel is not whsec_ and base64 of at least ${MIN_SECRET_BYTES} bytes.`,
    advice: 'Make one: echo whsec_$(openssl rand -base64 32)',
    reason: 'no secret',
  });
}
