/** Says the events that arrive at the local topic, and the messages that people get. */
import { describeEvent } from './describe-event.ts';
import { describeMessage } from './receiver/describe-message.ts';
import type { Received } from './receiver/received.ts';
import type { CloudEvent } from './topic/cloud-event.ts';

/** What was heard so far. */
export interface Events {
  readonly hear: (event: CloudEvent) => void;
  readonly hearMessage: (message: Received) => void;
  readonly heartbeats: () => number;
  readonly mute: () => void;
}

/** Says each event once, as it arrives at the topic; heartbeats are only counted. */
export function listenTo(say: (line: string) => void): Events {
  const seen = new Set<string>();
  let heartbeats = 0;
  let muted = false;
  return {
    heartbeats: () => heartbeats,
    mute: () => {
      muted = true;
    },
    hear: (event) => {
      if (event.type === 'HsmWarden.Heartbeat') {
        heartbeats += 1;
        return;
      }
      if (!seen.has(event.id) && !muted) say(`  event  ${describeEvent(event)}`);
      seen.add(event.id);
    },
    hearMessage: (message) => {
      if (!muted) for (const line of describeMessage(message)) say(line);
    },
  };
}
