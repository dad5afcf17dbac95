/** Mail by Azure Communication Services, as the app's identity: https://learn.microsoft.com/rest/api/communication/email/email/send */
import type { TokenCredential } from '@azure/core-auth';
import { WardenError } from '../../core/errors.ts';
import type { Message } from '../../features/notify/model/message.ts';
import type { Acceptance, Channel } from '../../features/notify/model/ports.ts';
import { requireAccepted } from './outgoing/failures.ts';
import { type OutgoingOptions, post } from './outgoing/post.ts';
import { toMail } from './render/mail.ts';

const API_VERSION = '2023-03-31';
const SCOPE = 'https://communication.azure.com/.default';

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
    const { endpoint, from, to } = this.#entry;
    const { subject, text, html, references } = toMail(message, from);
    const body = {
      senderAddress: from,
      content: { subject, plainText: text, html },
      recipients: { to: (message.recipients ?? to).map((address) => ({ address })) },
      ...(references === undefined ? {} : { headers: { References: references, 'In-Reply-To': references } }),
    };
    const answer = await post(this.#options, {
      of: this.name,
      url: `${endpoint.replace(/\/+$/, '')}/emails:send?api-version=${API_VERSION}`,
      headers: { authorization: `Bearer ${await this.#token(signal)}`, 'operation-id': uuidOf(message.id) },
      body: JSON.stringify(body),
      signal,
    });
    requireAccepted(answer);
    return { status: answer.status };
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

/** The id of a message as an operation's: the service knows a repeat by it. */
function uuidOf(id: string): string {
  return id.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
