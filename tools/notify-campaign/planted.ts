/** Faults of the product on purpose: each must make a campaign fail. `node tools/notify-campaign.ts 60 0 21 NAME` plants one. */
import type { TextChange } from '../chaos/changes/text-change.ts';

/** A fault, as one exchange of text in one file. */
export interface PlantedFault extends TextChange {
  readonly name: string;
  /** What the verdict must name. */
  readonly found: 'excess' | 'dropped' | 'leaks' | 'unheard';
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'forget-receipt',
    found: 'excess',
    file: 'src/features/notify/sending/send-due.ts',
    from: 'noteAccepted(before, message.id, status, clock.now(), refused),',
    to: 'clock.now() % 2 === 0 ? before : noteAccepted(before, message.id, status, clock.now(), refused),',
  },
  {
    name: 'send-twice',
    found: 'excess',
    file: 'src/features/notify/sending/send-due.ts',
    from: 'accepted = await channel.send(message, signal);',
    to: 'accepted = await channel.send(message, signal); accepted = await channel.send(message, signal);',
  },
  {
    name: 'drop-event',
    found: 'dropped',
    file: 'src/features/notify/notifier.ts',
    from: 'for (const event of events) {',
    to: 'for (const event of events.slice(1)) {',
  },
  {
    name: 'drop-message',
    found: 'unheard',
    file: 'src/features/notify/incidents/plan.ts',
    from: 'outbox: [...state.outbox, ...outgoing],',
    to: "outbox: [...state.outbox, ...outgoing.filter(({ channel }) => channel !== 'teams')],",
  },
  {
    name: 'leak-secret',
    found: 'leaks',
    file: 'src/adapters/notify/http-channels.ts',
    from: 'requireAccepted(answer);',
    to: 'console.error(JSON.stringify(this.#kind.render(message))); requireAccepted(answer);',
  },
];
