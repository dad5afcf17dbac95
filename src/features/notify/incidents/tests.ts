/** Test messages: of a day, or asked for by a person. */
import type { IncidentState, Outgoing } from '../model/incident-state.ts';
import { messageId, referenceOf } from '../model/message.ts';
import { testThread } from '../model/test-thread.ts';

const TESTS_KEPT = 100;

/** `state` with a test message for each of `channels`; the same test of a channel is sent once. */
export function addTests(
  state: IncidentState,
  test: string,
  channels: readonly string[],
  now: number,
): IncidentState {
  const fresh = channels.filter((channel) => !state.tests.includes(`${test} ${channel}`));
  if (fresh.length === 0) return state;
  const numbers = { ...state.numbers };
  const outgoing = fresh.map((channel): Outgoing => {
    const n = (numbers[channel] ?? 0) + 1;
    numbers[channel] = n;
    const thread = testThread(test, channel);
    const message = {
      id: messageId(state.scope, { thread, at: now }, channel, n),
      thread,
      reference: referenceOf(thread),
      kind: 'test',
      severity: 'info',
      at: now,
      firstAt: now,
      title: `Test of the channel ${channel}`,
      lines: ['This is a test: messages of HSM Warden reach this channel.'],
      facts: [{ label: 'Test', text: test }],
      keys: [],
      moreKeys: 0,
      todo: 'Nothing is to be done.',
      turn: 'nobody',
    } as const;
    return {
      channel,
      n,
      message: { ...message, facts: [...message.facts], keys: [], lines: [...message.lines] },
    };
  });
  const tests = [...state.tests, ...fresh.map((channel) => `${test} ${channel}`)].slice(-TESTS_KEPT);
  return { ...state, numbers, tests, outbox: [...state.outbox, ...outgoing] };
}
