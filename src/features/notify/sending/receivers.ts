/** Receivers of one message who are not served together: each then gets the messages of a thread in order, for themselves. */
import { eventIdOf } from '../../../core/events/cloud-event.ts';
import type { ChannelState, Pending } from '../model/channel-state.ts';
import type { Message } from '../model/message.ts';

/** What of `pending` is for `receiver`, under an id of its own. */
export function aloneFor(pending: Pending, receiver: string): Pending {
  const { message } = pending;
  const id = eventIdOf(`${message.id} for ${receiver}`);
  return { ...pending, alone: true, message: { ...message, id, recipients: [receiver] } };
}

/** Whether two messages are for the same people. */
export function isSameAudience(a: Message, b: Message): boolean {
  return (a.recipients ?? []).join(' ') === (b.recipients ?? []).join(' ');
}

/**
 * `state` with the message `id` set apart for those of its receivers for whom an older message of its thread still waits; `own`
 * are the channel's own receivers. The very same object when there are none.
 */
export function setApart(state: ChannelState, id: string, own: readonly string[]): ChannelState {
  const index = state.pending.findIndex(({ message }) => message.id === id);
  const pending = state.pending[index];
  if (pending === undefined || pending.alone === true) return state;
  const { message } = pending;
  const isBehind = ({ alone, message: older }: Pending) => alone === true && older.thread === message.thread;
  const behind = new Set(
    state.pending
      .slice(0, index)
      .filter(isBehind)
      .flatMap(({ message: { recipients = [] } }) => recipients),
  );
  const all = message.recipients ?? own;
  const late = all.filter((receiver) => behind.has(receiver)).map((receiver) => aloneFor(pending, receiver));
  const [first, ...more] = late;
  if (first === undefined) return state;
  const others = all.filter((receiver) => !behind.has(receiver));
  const parts =
    others.length > 0
      ? [{ ...pending, message: { ...message, recipients: others } }, ...late]
      : // The id stays known: the message may be handed over again.
        [{ ...first, message: { ...first.message, id } }, ...more];
  return { ...state, pending: state.pending.toSpliced(index, 1, ...parts) };
}
