/** The channels that take a POST over https: Teams, Slack, PagerDuty, and any receiver of Standard Webhooks. */
import { WardenError } from '../../core/errors.ts';
import type { Message } from '../../features/notify/model/message.ts';
import type { Acceptance, Channel } from '../../features/notify/model/ports.ts';
import { requireAccepted } from './outgoing/failures.ts';
import { type OutgoingOptions, type Post, post } from './outgoing/post.ts';
import { toPagerDuty } from './render/pagerduty.ts';
import { toSlack } from './render/slack.ts';
import { toTeams } from './render/teams.ts';
import { toWebhook } from './render/webhook.ts';

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

/** A receiver of Standard Webhooks. */
export function webhookChannel(
  name: string,
  { url, secret }: { readonly url: string; readonly secret: string },
  options: OutgoingOptions,
): Channel {
  const render = (message: Message): Rendered => ({ url, ...toWebhook(message, secret, options.now()) });
  return new HttpChannel(name, { intervalMs: 0, render }, options);
}
