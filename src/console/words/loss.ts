/** What is said of a lost key. */
import type { Tone } from './states.ts';

interface Line {
  readonly word: string;
  readonly loss?: {
    readonly lost: 'key' | 'newest-version';
    readonly finding?: string;
    readonly acknowledged?: object;
  };
}

/** Whether a key of the name is there while nobody has taken note that an earlier one is lost. */
export function hasLostNamesake({ word, loss }: Line): boolean {
  return loss !== undefined && loss.acknowledged === undefined && word !== 'lost';
}

/** The title and the sentence, and whether there is something to acknowledge. */
export function lossInWords({ word, loss }: Line): {
  readonly title: string;
  readonly words: string;
  readonly tone: Tone;
  readonly canAcknowledge: boolean;
} {
  const isThere = word !== 'lost' && word !== 'acknowledged';
  const isNoted = loss?.acknowledged !== undefined;
  const title = `${isThere ? 'An earlier key of this name' : 'This key'} is lost${isNoted ? ', and that is acknowledged' : ''}`;
  const what =
    loss?.lost === 'newest-version'
      ? 'It was purged, and no backup holds its newest version.'
      : 'It was purged, and no backup brings it back.';
  if (isNoted) return { title, words: what, tone: 'calm', canAcknowledge: false };
  const canAcknowledge = loss?.finding !== undefined;
  const next = canAcknowledge
    ? 'It counts as lost until somebody takes note of it.'
    : 'The next scan notes it; then somebody can take note of it.';
  return { title, words: `${what} ${next}`, tone: 'bad', canAcknowledge };
}
