/** The thread of a test message. */
import { eventIdOf } from '../../../core/events/cloud-event.ts';

/** It depends on the test and the channel alone, so that whoever asked for the test finds what became of it. */
export function testThread(test: string, channel: string): string {
  return eventIdOf(`test ${test} ${channel}`).slice(0, 16);
}
