/** How many of how many approved, and who is missing. */
import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { At } from '../../ui/time.tsx';
import { counted, listed } from '../../words/count.ts';
import { isClosed } from '../../words/states.ts';

/** The section. */
export function Votes({ of }: { readonly of: RequestView }): JSX.Element {
  const { approvals, policy, missingApprovals, missingGroups, state } = of;
  // The policy of today may ask for more than the request's own: what is missing says so.
  const needed = Math.max(policy.approvals, approvals.length + missingApprovals);
  return (
    <section>
      <h2>
        {approvals.length} of {counted(needed, 'approval')}
      </h2>
      <ul class="votes">
        {approvals.map(({ by, groups, at }) => {
          // A person is in many groups; those that the policy asks for are what counts.
          const counting = groups.filter((group) => policy.groups.includes(group));
          return (
            <li key={by.id}>
              <span aria-hidden="true">✓ </span>
              {by.name}
              {counting.length > 0 && `, of ${listed(counting)}`}, <At at={at} />
            </li>
          );
        })}
      </ul>
      {!isClosed(state) && (missingApprovals > 0 || missingGroups.length > 0) && (
        <p>
          Missing: {counted(missingApprovals, 'approval')}
          {missingGroups.length > 0 && `; somebody of ${listed(missingGroups)}, a person for each`}.
        </p>
      )}
    </section>
  );
}
