/** Verifies the log on demand: from where it was last found whole, or all of it. */

import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { ApiContext } from '../../api/context.ts';
import type { AuditVerdict } from '../../api/model.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { Note } from '../../ui/note.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { counted } from '../../words/count.ts';

/** The app gives up after 50 seconds, and says so. */
const PATIENCE_MS = 55_000;

/** The button and the last verdict of this page. */
export function VerifyNow(): JSX.Element {
  const api = useContext(ApiContext);
  const [verdict, setVerdict] = useState<{ readonly of: AuditVerdict; readonly at: number }>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setBusy] = useState(false);
  async function verify(full: boolean): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    setVerdict(undefined);
    try {
      const query = full ? { full: 'true' } : {};
      const { value } = await api.send<AuditVerdict>({
        path: 'audit/verdict',
        query,
        patienceMs: PATIENCE_MS,
      });
      if (value !== undefined) setVerdict({ of: value, at: Date.now() });
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  }
  return (
    <section>
      <button type="button" class="primary" disabled={isBusy} onClick={() => void verify(false)}>
        {isBusy ? 'Verifying…' : 'Verify now'}
      </button>{' '}
      <button type="button" disabled={isBusy} onClick={() => void verify(true)}>
        Read all of it
      </button>
      {problem !== undefined && <Trouble problem={problem} />}
      {verdict !== undefined && <Verdict of={verdict.of} at={verdict.at} />}
    </section>
  );
}

function Verdict({ of, at }: { readonly of: AuditVerdict; readonly at: number }): JSX.Element {
  const { entries, problems, from } = of;
  const isWhole = problems.length === 0;
  return (
    <Note
      tone={isWhole ? 'good' : 'bad'}
      title={isWhole ? 'The log is whole' : `The log is not whole: ${counted(problems.length, 'problem')}`}
      isUrgent
    >
      <p>
        {counted(entries, 'line')}, verified <At at={at} />
        {from === undefined
          ? ': all were read.'
          : `, read from line ${from.seq + 1} on. All before was found whole at `}
        {from !== undefined && <At at={Date.parse(from.at)} />}
        {from !== undefined && '.'}
      </p>
      {!isWhole && (
        <ul>
          {problems.map(({ part, line, problem }) => (
            <li key={`${part?.day} ${line} ${problem}`}>
              <Text of={problem} />
              {part !== undefined && ` (${part.day}, line ${line})`}
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}
