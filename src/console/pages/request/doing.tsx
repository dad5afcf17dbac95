/** Who asks and why, who deleted the key and when, and what will happen. */

import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { keyPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { operationInWords } from '../../words/operation.ts';

interface DoingProps {
  readonly of: RequestView;
  /** Who deleted the key, in words; the watch knows it, the request does not. */
  readonly deletedBy: string;
}

/** The section. */
export function Doing({ of, deletedBy }: DoingProps): JSX.Element {
  const { operation, requester, reason, createdAt } = of;
  return (
    <section>
      <h2>What will happen</h2>
      {operationInWords(operation).map((sentence) => (
        <p key={sentence}>
          <Text of={sentence} />
        </p>
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
          ['Deleted by', <Text key="by" of={deletedBy} />],
        ]}
      />
    </section>
  );
}
