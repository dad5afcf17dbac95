/** Verifies the whole log on demand. */
import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { ApiContext } from '../../api/context.ts';
import type { AuditVerdict } from '../../api/model.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { Note } from '../../ui/note.tsx';
import { At } from '../../ui/time.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { counted } from '../../words/count.ts';

/** The button and the last verdict of this page. */
export function VerifyNow(): JSX.Element {
  const api = useContext(ApiContext);
  const [verdict, setVerdict] = useState<{ readonly of: AuditVerdict; readonly at: number }>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setBusy] = useState(false);
  async function verify(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    setVerdict(undefined);
    try {
      setVerdict({ of: await api.get<AuditVerdict>('audit/verdict'), at: Date.now() });
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  }
  return (
    <section>
      <button type="button" class="primary" disabled={isBusy} onClick={() => void verify()}>
        {isBusy ? 'Verifying…' : 'Verify now'}
      </button>
      {problem !== undefined && <Trouble problem={problem} />}
      {verdict !== undefined && <Verdict of={verdict.of} at={verdict.at} />}
    </section>
  );
}

function Verdict({ of, at }: { readonly of: AuditVerdict; readonly at: number }): JSX.Element {
  const { entries, problems } = of;
  const isWhole = problems.length === 0;
  return (
    <Note
      tone={isWhole ? 'good' : 'bad'}
      title={isWhole ? 'The log is whole' : `The log is not whole: ${counted(problems.length, 'problem')}`}
      isUrgent
    >
      <p>
        {counted(entries, 'line')} read, <At at={at} />.
      </p>
      {!isWhole && (
        <ul>
          {problems.map(({ part, line, problem }) => (
            <li key={`${part?.day} ${line} ${problem}`}>
              {problem}
              {part !== undefined && ` (${part.day}, line ${line})`}
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}
