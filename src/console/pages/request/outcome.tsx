/** How it goes and how it ended. It says succeeded only where the app does, and verified only as far as it was. */

import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { Sentences, Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { outcomeInWords } from '../../words/outcome.ts';

/** The remark. */
export function OutcomeNote({ of }: { readonly of: RequestView }): JSX.Element {
  const { outcome, endedAt } = of;
  const { title, tone, verified } = outcomeInWords(of);
  return (
    <Note tone={tone} title={title}>
      {outcome !== undefined && (
        <p>
          <Text of={outcome.message} />
        </p>
      )}
      {verified !== undefined && <p>{verified}</p>}
      {outcome?.advice !== undefined && (
        <p>
          <Text of={outcome.advice} />
        </p>
      )}
      <Sentences of={outcome?.warnings ?? []} />
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
