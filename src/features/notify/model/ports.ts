/** What the notifications need from the outside world. */
import type { WardenError } from '../../../core/errors.ts';
import type { Message } from './message.ts';

/** Somebody who did not get a message that others got, and why: by the codes of an attempt that fails. */
export interface Refusal {
  readonly receiver: string;
  readonly error: WardenError;
}

/** What a service answered that took a message. It has accepted it; whether anybody reads it, it does not say. */
export interface Acceptance {
  /** Status of the answer, as the service's protocol has it: 200, 202, 250. */
  readonly status: number;
  /** Of those whom the message is for: who was refused while others were not. */
  readonly refused?: readonly Refusal[];
  /** The service works on it still, and can be asked for the outcome. */
  readonly isOpen?: boolean;
}

/** What became of a message after its service had accepted it. `failed` has a word: it was not sent, and will not be. */
export type Outcome = 'open' | 'sent' | { readonly failed: string };

/**
 * One channel. `send` is one attempt, and repeating belongs to the caller; the same message sent again has the same id,
 * by which services that can know a repeat do.
 *
 * It fails with `channel-unreachable`, `channel-throttled`, `channel-unavailable`, `channel-misconfigured` (the address,
 * the secret or the settings are wrong: nothing will be taken until somebody puts that right), `channel-refused` (this
 * message will never be taken), or `aborted`. No message of an error holds the channel's address or secret.
 */
export interface Channel {
  readonly name: string;
  /** Shortest time between two messages that the service likes, milliseconds. */
  readonly intervalMs: number;
  /** Whom a message without recipients is for, where the service takes or refuses each of them for itself. */
  readonly receivers?: readonly string[];
  send(message: Message, signal?: AbortSignal): Promise<Acceptance>;
  /** What became of the message `id` that was accepted and was open then. Fails as `send` does: then nothing is known. */
  outcomeOf?(id: string, signal?: AbortSignal): Promise<Outcome>;
}
