/** Whether a channel reaches people, in a word and a sentence. */
import type { Settings } from '../api/model.ts';
import { counted } from './count.ts';
import type { Tone } from './states.ts';

type Receiver = Settings['receivers'][number];

/** What it says. That a service accepted a message does not say that anybody read it. */
export function receiverInWords({ state, waiting = 0, heldUp, lastError, why }: Receiver): {
  readonly word: string;
  readonly tone: Tone;
  readonly words: string;
} {
  const wait = waiting === 0 ? '' : ` ${counted(waiting, 'message waits', 'messages wait')}.`;
  switch (state) {
    case 'accepting':
      if (heldUp !== undefined) {
        const words = `${counted(heldUp.count, 'message')} for a quarter of an hour or longer: ${heldUp.why}.${wait}`;
        return { word: 'Messages are held up', tone: 'warn', words };
      }
      return { word: 'Accepts messages', tone: 'good', words: wait.trim() };
    case 'failing':
      return {
        word: 'Accepts nothing',
        tone: 'bad',
        words: `${lastError === undefined ? '' : `The last error: ${lastError}.`}${wait}`.trim(),
      };
    case 'unconfirmed':
      return {
        word: 'Never accepted a message',
        tone: 'warn',
        words: `Try it: hsm-warden notify test.${wait}`,
      };
    case 'unknown':
      return { word: 'Cannot tell', tone: 'unknown', words: why ?? '' };
  }
}
