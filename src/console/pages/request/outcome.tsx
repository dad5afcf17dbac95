/** How it goes and how it ended. It says succeeded only where the app does, and verified only as far as it was. */
import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { At } from '../../ui/time.tsx';
import type { Tone } from '../../ui/word.tsx';
import { verifiedInWords } from '../../words/verified.ts';

const ENDINGS: Readonly<Record<string, readonly [title: string, tone: Tone]>> = {
  executing: ['In progress: the page shows how it ends', 'calm'],
  failed: ['It failed', 'bad'],
  'restored-other-key': ['The key that came back is not the one that was approved', 'bad'],
  rejected: ['It was rejected', 'calm'],
  expired: ['It expired before it was approved and done', 'calm'],
  cancelled: ['It was cancelled', 'calm'],
};

/** The remark. */
export function OutcomeNote({ of }: { readonly of: RequestView }): JSX.Element {
  const { state, outcome, endedAt, operation } = of;
  const verified = outcome === undefined ? undefined : verifiedInWords(outcome);
  const [title, tone]: readonly [string, Tone] =
    state === 'succeeded'
      ? [
          `${operation.key} is back${verified?.isWhole === true ? ', verified' : ''}`,
          verified?.isWhole ? 'good' : 'warn',
        ]
      : (ENDINGS[state] ?? [state, 'unknown']);
  return (
    <Note tone={tone} title={title}>
      {outcome !== undefined && <p>{outcome.message}</p>}
      {state === 'succeeded' && verified !== undefined && <p>{verified.words}</p>}
      {outcome?.advice !== undefined && <p>{outcome.advice}</p>}
      {outcome !== undefined && outcome.warnings.length > 0 && (
        <ul>
          {outcome.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {outcome?.freshBackup !== undefined && (
        <p>
          Backed up again: <code>{outcome.freshBackup}</code>
        </p>
      )}
      {endedAt !== undefined && (
        <p>
          Ended <At at={endedAt} />.
        </p>
      )}
    </Note>
  );
}
