/** How the execution of a request goes while nobody knows yet how it ends. */

import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { Text } from '../../ui/text.tsx';
import { useNow } from '../../ui/time.tsx';
import { executionInWords } from '../../words/execution.ts';

/** The remark; nothing of a request that nobody is at. */
export function ExecutionNote({ of: { execution } }: { readonly of: RequestView }): JSX.Element | null {
  const now = useNow(1000);
  if (execution === undefined) return null;
  const isWaiting = execution.waitsFor !== undefined;
  return (
    <Note tone={isWaiting ? 'warn' : 'calm'} title={isWaiting ? 'It waits' : 'It is being done'}>
      {executionInWords(execution, now).map((words) => (
        <p key={words}>
          <Text of={words} />
        </p>
      ))}
    </Note>
  );
}
