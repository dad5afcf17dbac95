/** Who asks and why, who deleted the key and when, and what will happen. */
import type { JSX } from 'preact';
import type { KeyDetail, RequestView } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { keyPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Facts } from '../../ui/facts.tsx';
import { At } from '../../ui/time.tsx';
import { operationInWords } from '../../words/operation.ts';
import { epochOf, localTime } from '../../words/time.ts';

/** The section. */
export function Doing({ of }: { readonly of: RequestView }): JSX.Element {
  const { operation, requester, reason, createdAt } = of;
  return (
    <section>
      <h2>What will happen</h2>
      {operationInWords(operation, (at) => localTime(epochOf(at))).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <h2>Who asks, and why</h2>
      <blockquote>{reason}</blockquote>
      <Facts
        of={[
          [
            'Asked by',
            `${requester.name}${requester.kind === 'person' ? '' : ` (${requester.kind}, not a person)`}`,
          ],
          ['Asked', <At key="at" at={createdAt} />],
          [
            'Key',
            <Link key="key" href={keyPath(operation.hsm, operation.key)}>
              {operation.key}
            </Link>,
          ],
          [
            'HSM',
            operation.hsm === operation.target
              ? operation.hsm
              : `${operation.hsm}, back on ${operation.target}`,
          ],
          ['Deleted', operation.deletedAt !== undefined && <At key="deleted" at={operation.deletedAt} />],
          ['Deleted by', <DeletedBy key="by" hsm={operation.hsm} name={operation.key} />],
        ]}
      />
    </section>
  );
}

/** Who deleted the key, which the watch knows and the request does not. */
function DeletedBy({ hsm, name }: { readonly hsm: string; readonly name: string }): JSX.Element {
  const { value, problem } = useResource<KeyDetail>(`key ${hsm} ${name}`, (api, signal) =>
    api.get('console/key', { hsm, key: name }, signal),
  );
  if (value !== undefined) return <>{value.line.deletedBy ?? 'not named by the HSM’s log'}</>;
  return <>{problem === undefined ? 'reading…' : `cannot be read: ${problem.message}`}</>;
}
