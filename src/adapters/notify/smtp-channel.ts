/** Mail by SMTP, over TLS only, to an allowed address only. */
import { createTransport } from 'nodemailer';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError, type WardenErrorCode } from '../../core/errors.ts';
import type { Message } from '../../features/notify/model/message.ts';
import type { Acceptance, Channel, Refusal } from '../../features/notify/model/ports.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { requireNamed, resolveAllowed } from './outgoing/addresses.ts';
import { unreachable } from './outgoing/failures.ts';
import type { OutgoingOptions } from './outgoing/post.ts';
import { toMail } from './render/mail.ts';

/** Where and how. */
export interface SmtpEntry {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** A channel by SMTP. A connection for each mail: they are few. */
export class SmtpChannel implements Channel {
  readonly name: string;
  readonly intervalMs = 0;
  readonly receivers: readonly string[];
  readonly #entry: SmtpEntry;
  readonly #options: OutgoingOptions;

  constructor(entry: SmtpEntry, options: OutgoingOptions) {
    this.name = entry.name;
    this.receivers = entry.to;
    this.#entry = entry;
    this.#options = options;
  }

  async send(message: Message, signal?: AbortSignal): Promise<Acceptance> {
    const limitMs = this.#options.limitMs ?? CALL_LIMITS_MS.notification;
    try {
      return await withinLimits({ of: `the channel ${this.name}`, signal, limitMs }, (ending) =>
        this.#send(message, limitMs, ending),
      );
    } catch (error) {
      if (signal?.aborted) throw error;
      throw translated(error);
    }
  }

  async #send(message: Message, limitMs: number, signal: AbortSignal): Promise<Acceptance> {
    const { host, port, secure, user, password, from, to } = this.#entry;
    requireNamed(host, this.#options);
    const { address } = await resolveAllowed(host, this.#options);
    const transport = createTransport({
      // The address that was judged, by the certificate of the name.
      host: address,
      port,
      secure,
      requireTLS: !secure,
      tls: { servername: host, minVersion: 'TLSv1.2', ...definedOnly({ ca: this.#options.caPem }) },
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      connectionTimeout: limitMs,
      greetingTimeout: limitMs,
      socketTimeout: limitMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const close = () => transport.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const { subject, text, html, messageId, references } = toMail(message, from);
      const { rejected, rejectedErrors } = await transport.sendMail({
        from,
        to: [...(message.recipients ?? to)],
        subject,
        text,
        html,
        messageId,
        ...(references === undefined ? {} : { references, inReplyTo: references }),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-HSM-Warden-Id': message.id },
      });
      const refused = rejected.map((receiver, index) => refusalOf(receiver, rejectedErrors?.[index]));
      return { status: 250, ...(refused.length === 0 ? {} : { refused }) };
    } finally {
      signal.removeEventListener('abort', close);
      transport.close();
    }
  }
}

/** A server may take a mail for some of its receivers only: RFC 5321 section 3.3. */
function refusalOf(receiver: string, error: unknown): Refusal {
  return { receiver, error: translated(error) };
}

/** By the code of the reply, RFC 5321 section 4.2, and where there is none by the library's word. */
function translated(error: unknown): WardenError {
  if (error instanceof WardenError || !(error instanceof Error)) return unreachable(error);
  const status: unknown = Reflect.get(error, 'responseCode');
  const word: unknown = Reflect.get(error, 'code');
  const code = codeOf(typeof status === 'number' ? status : undefined, word);
  if (code === undefined) return unreachable(error);
  return new WardenError(code, {
    message: `The mail server did not take the message (${String(status ?? word)}).`,
    reason: String(status ?? word),
  });
}

function codeOf(status: number | undefined, word: unknown): WardenErrorCode | undefined {
  // Also a certificate that is not trusted, and a server without TLS.
  if (word === 'EAUTH' || word === 'ETLS') return 'channel-misconfigured';
  if (status === undefined) return undefined;
  if (status >= 400 && status < 500)
    return status === 421 || status === 450 || status === 452 ? 'channel-throttled' : 'channel-unavailable';
  return status === 530 || status === 534 || status === 535 ? 'channel-misconfigured' : 'channel-refused';
}
