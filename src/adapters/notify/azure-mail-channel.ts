/**
 * Mail by Azure Communication Services, as the app's identity: https://learn.microsoft.com/rest/api/communication/email/email/send.
 * It takes a mail before it looks at it, and says later what became of it: https://learn.microsoft.com/rest/api/communication/email/email/get-send-result
 */
import type { TokenCredential } from '@azure/core-auth';
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';
import type { Message } from '../../features/notify/model/message.ts';
import type { Acceptance, Channel, Outcome } from '../../features/notify/model/ports.ts';
import { requireAccepted } from './outgoing/failures.ts';
import { get, type OutgoingOptions, post } from './outgoing/post.ts';
import { toMail } from './render/mail.ts';

const API_VERSION = '2023-03-31';
const SCOPE = 'https://communication.azure.com/.default';

/** What the service says of an operation. */
const Operation = z.object({
  status: z.enum(['NotStarted', 'Running', 'Succeeded', 'Failed', 'Canceled']),
});

/** Where and how. */
export interface AzureMailEntry {
  readonly name: string;
  readonly endpoint: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** A channel by Communication Services. */
export class AzureMailChannel implements Channel {
  readonly name: string;
  readonly intervalMs = 0;
  readonly #entry: AzureMailEntry;
  readonly #credential: TokenCredential;
  readonly #options: OutgoingOptions;

  constructor(entry: AzureMailEntry, credential: TokenCredential, options: OutgoingOptions) {
    this.name = entry.name;
    this.#entry = entry;
    this.#credential = credential;
    this.#options = options;
  }

  async send(message: Message, signal?: AbortSignal): Promise<Acceptance> {
    const { from, to } = this.#entry;
    const { subject, text, html, references } = toMail(message, from);
    const body = {
      senderAddress: from,
      content: { subject, plainText: text, html },
      recipients: { to: (message.recipients ?? to).map((address) => ({ address })) },
      ...(references === undefined ? {} : { headers: { References: references, 'In-Reply-To': references } }),
    };
    const answer = await post(this.#options, {
      of: this.name,
      url: this.#url('/emails:send'),
      headers: { authorization: `Bearer ${await this.#token(signal)}`, 'operation-id': uuidOf(message.id) },
      body: JSON.stringify(body),
      signal,
    });
    requireAccepted(answer);
    return { status: answer.status, isOpen: true };
  }

  async outcomeOf(id: string, signal?: AbortSignal): Promise<Outcome> {
    const answer = await get(this.#options, {
      of: this.name,
      // Not where the answer said: what is sent here is sent nowhere else.
      url: this.#url(`/emails/operations/${uuidOf(id)}`),
      headers: { authorization: `Bearer ${await this.#token(signal)}` },
      signal,
    });
    requireAccepted(answer);
    const { status } = operationIn(answer.text);
    if (status === 'Failed' || status === 'Canceled') return { failed: status };
    return status === 'Succeeded' ? 'sent' : 'open';
  }

  #url(path: string): string {
    return `${this.#entry.endpoint.replace(/\/+$/, '')}${path}?api-version=${API_VERSION}`;
  }

  async #token(signal: AbortSignal | undefined): Promise<string> {
    try {
      const token = await this.#credential.getToken(
        SCOPE,
        signal === undefined ? {} : { abortSignal: signal },
      );
      if (token !== null) return token.token;
    } catch (error) {
      if (signal?.aborted) throw error;
    }
    throw new WardenError('channel-unreachable', {
      message: 'No token for Communication Services could be had.',
      advice: 'Give the identity of the app the right to send at the resource.',
      reason: 'no token',
    });
  }
}

function operationIn(text: string): z.output<typeof Operation> {
  const read = z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue({ code: 'custom', message: 'no JSON' });
        return z.NEVER;
      }
    })
    .pipe(Operation)
    .safeParse(text);
  if (read.success) return read.data;
  throw new WardenError('channel-unavailable', {
    message: 'What Communication Services says of a mail could not be read.',
    reason: 'garbage',
  });
}

/** The id of a message as an operation's: the service knows a repeat by it. */
function uuidOf(id: string): string {
  return id.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
