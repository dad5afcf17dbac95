/** How a request goes or ended, in words: succeeded only where the app says so, verified only as far as it was. */
import type { Tone } from './states.ts';
import { verifiedInWords } from './verified.ts';

const ENDINGS: Readonly<Record<string, readonly [title: string, tone: Tone]>> = {
  executing: ['In progress: the page shows how it ends', 'calm'],
  failed: ['It failed, and has ended: whoever still needs it asks again', 'bad'],
  'restored-other-key': ['The key that came back is not the one that was approved', 'bad'],
  rejected: ['It was rejected', 'calm'],
  expired: ['It expired before it was approved and done', 'calm'],
  cancelled: ['It was cancelled', 'calm'],
};

interface Ended {
  readonly state: string;
  readonly operation: { readonly action: string; readonly key: string };
  readonly outcome?: { readonly versions?: number; readonly verified?: number };
}

/** The title with its tone; `verified`: what was proven of the key, of a request that brought one back. */
export function outcomeInWords({ state, operation, outcome }: Ended): {
  readonly title: string;
  readonly tone: Tone;
  readonly verified?: string;
} {
  if (state !== 'succeeded') {
    const [title, tone] = ENDINGS[state] ?? [state, 'unknown'];
    return { title, tone };
  }
  // No key was touched.
  if (operation.action === 'adopt') return { title: 'The backup counts as a recovery point', tone: 'good' };
  const { words, isWhole } = verifiedInWords(outcome ?? {});
  return {
    title: `${operation.key} is back${isWhole ? ', verified' : ''}`,
    tone: isWhole ? 'good' : 'warn',
    verified: words,
  };
}
