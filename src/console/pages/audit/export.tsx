/** Saves what matches as a file of JSON lines. */
import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { ApiContext } from '../../api/context.ts';
import type { AuditPage } from '../../api/model.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { Trouble } from '../../ui/trouble.tsx';
import { counted } from '../../words/count.ts';

/** The most that one export saves: a tab must hold it. */
const MOST = 100_000;

/** The button, and how far it is. */
export function ExportButton({ asked }: { readonly asked: Readonly<Record<string, string>> }): JSX.Element {
  const api = useContext(ApiContext);
  const [count, setCount] = useState<number>();
  const [isBusy, setBusy] = useState(false);
  const [isCut, setCut] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  async function save(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    const lines: string[] = [];
    let next: string | undefined;
    try {
      do {
        const page: AuditPage = await api.get('console/audit', { ...asked, limit: 500, next });
        lines.push(...page.items.map((entry) => `${JSON.stringify(entry)}\n`));
        setCount(lines.length);
        next = page.next;
      } while (next !== undefined && lines.length < MOST);
      setCut(next !== undefined);
      download(lines);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  }
  return (
    <div class="line">
      <button type="button" disabled={isBusy} onClick={() => void save()}>
        {isBusy ? 'Reading…' : 'Export as JSON lines'}
      </button>{' '}
      <span role="status">
        {count !== undefined && `${counted(count, 'line')} ${isBusy ? 'so far' : 'read'}.`}
        {isCut && ' There is more: choose fewer days.'}
      </span>
      {problem !== undefined && <Trouble problem={problem} />}
    </div>
  );
}

function download(lines: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...lines], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'hsm-warden-audit.ndjson';
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
