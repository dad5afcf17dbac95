/** A call that failed, in words: what happened, what to do, what the page does. */

import type { JSX } from 'preact';
import type { ApiProblem } from '../api/problem.ts';
import { Note } from './note.tsx';
import { Text } from './text.tsx';

interface TroubleProps {
  readonly problem: ApiProblem;
  readonly willRetry?: boolean;
  readonly retry?: () => void;
}

/** Says it. */
export function Trouble({ problem, willRetry = false, retry }: TroubleProps): JSX.Element {
  return (
    <Note tone={problem.status === 403 ? 'warn' : 'bad'} title={titleOf(problem)} isUrgent>
      <p>
        <Text of={problem.message} />
      </p>
      {problem.advice !== undefined && (
        <p>
          <Text of={problem.advice} />
        </p>
      )}
      {willRetry && <p>The page tries again without your doing.</p>}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try now
        </button>
      )}
    </Note>
  );
}

function titleOf({ status, code }: ApiProblem): string {
  if (code === 'gate-disarmed') return 'The gate is disarmed: nothing is shown and nothing can be approved';
  if (code === 'sign-in-failed' && navigator.onLine) return 'You could not be signed in again';
  if (status === 0) return navigator.onLine ? 'No answer from the app' : 'You are offline';
  if (status === 403) return 'You may not see this';
  if (status === 404) return 'There is no such thing';
  if (status === 503 || status === 429) return 'The app cannot answer now';
  return 'This did not work';
}
