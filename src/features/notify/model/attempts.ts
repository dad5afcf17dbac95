/** The attempts to send on a channel, as people see them. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime } from '../../../core/time.ts';
import type { ChannelState } from './channel-state.ts';

/** One attempt. `accepted` is what the service said; whether anybody read it, nobody knows. */
export interface ShownAttempt {
  /** ISO 8601. */
  readonly at: string;
  /** How the message calls its incident. */
  readonly reference: string;
  readonly title: string;
  /** Whose it was, where it was one receiver's alone. */
  readonly receiver?: string;
  /** `accepted`, or an error code with a word. */
  readonly result: string;
  /** Of the answer, as the service's protocol has it. */
  readonly status?: number;
}

/** The newest of those that are remembered, newest first: of each message its last five. */
export function attemptsOf({ pending, receipts }: ChannelState, most: number): readonly ShownAttempt[] {
  const tried = [
    ...receipts,
    ...pending.map(({ message: { reference, title, recipients }, alone, tries }) => ({
      ...{ reference, title, tries },
      ...definedOnly({ receiver: alone === true ? recipients?.[0] : undefined }),
    })),
  ];
  return tried
    .flatMap(({ reference, title, receiver, tries }) =>
      tries.map((one) => ({ reference, title, ...definedOnly({ receiver }), ...one })),
    )
    .sort((a, b) => b.at - a.at)
    .slice(0, most)
    .map((one) => ({ ...one, at: isoTime(one.at) }));
}
