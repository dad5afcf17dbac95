/** Builds messages as they wait for a channel. */
import type { Message } from '../../src/features/notify/model/message.ts';
import { SAMPLE_AT } from './notify-samples.ts';

/** A message about one deleted key. */
export function aMessage(change: Partial<Message> = {}): Message {
  return {
    id: '0123456789abcdef0123456789abcdef',
    thread: '0123456789abcdef',
    reference: 'HW-012345',
    kind: 'new',
    severity: 'high',
    at: SAMPLE_AT,
    firstAt: SAMPLE_AT,
    title: 'Key payments-data on HSM contoso was deleted.',
    lines: ['Key payments-data on HSM contoso was deleted.'],
    facts: [{ label: 'Purge', at: SAMPLE_AT + 604_800_000 }],
    keys: [],
    moreKeys: 0,
    todo: 'If it is still needed, ask for its recovery.',
    turn: 'the owner of the key',
    until: SAMPLE_AT + 604_800_000,
    link: 'https://warden.contoso.com/recoveries/0r5kq1w7c2m8xj3v9b6t4n0a1z',
    ...change,
  };
}
