/** One HSM: the word, the counts, and how old each proof is. */

import type { ComponentChildren, JSX } from 'preact';
import type { HomeHsm } from '../../api/model.ts';
import { nightPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Said } from '../../ui/said.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, At, useNow } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';
import { drillsInWords } from '../../words/drills.ts';
import { doubtsNow, verdictNow } from '../../words/judge.ts';

/** The card. */
export function HsmCard({ of }: { readonly of: HomeHsm }): JSX.Element {
  const now = useNow();
  const { hsm, counts, lastRun, judgedAt } = of;
  const verdict = verdictNow(of, now);
  const isOld = verdict === 'unknown';
  const doubts = doubtsNow(of, now);
  return (
    <section class={`card ${verdict}`} aria-label={hsm}>
      <h3>
        <Link href={`/keys?hsm=${encodeURIComponent(hsm)}`}>{hsm}</Link> <Said of="verdict" value={verdict} />
      </h3>
      {doubts.length > 0 && (
        <p>
          <Text of={doubts.join(' ')} />
        </p>
      )}
      {counts === undefined ? (
        <p>No counts: none is known to be zero.</p>
      ) : (
        <div class={isOld ? 'stale' : undefined}>
          {isOld && judgedAt !== undefined && (
            <p>
              <strong>Old numbers</strong>, of <At at={judgedAt} />:
            </p>
          )}
          <ul class="counts">
            <li>
              <strong>
                {counts.covered} of {counts.active}
              </strong>{' '}
              active keys covered
            </li>
            <li>{counted(counts.deleted, 'deleted key')}</li>
            <li>{counted(counts.excluded, 'key left out', 'keys left out')}</li>
            <li>{counted(counts.restorable, 'name', 'names')} known from backups only</li>
            {counts.acknowledged > 0 && (
              <li>{counted(counts.acknowledged, 'acknowledged loss', 'acknowledged losses')}</li>
            )}
          </ul>
        </div>
      )}
      <Facts
        of={[
          ['Last scan', ago(of.scannedAt)],
          [
            'Last run',
            lastRun === undefined ? (
              'never'
            ) : (
              <Link href={nightPath(hsm, lastRun.runId)}>
                <Ago at={lastRun.endedAt} />, {lastRun.state}
              </Link>
            ),
          ],
          ['Backups verified', ago(of.verifiedAt)],
          ['Oldest backup', ago(of.oldestBackupAt)],
          [
            'Restore drill',
            of.drilledAt === undefined ? (
              drillsInWords(of.drills)
            ) : (
              <Link href="/drills">
                <Ago at={of.drilledAt} />, {drillsInWords(of.drills)}
              </Link>
            ),
          ],
        ]}
      />
      {of.warnings.length > 0 && (
        <ul class="warnings">
          {of.warnings.map((warning) => (
            <li key={warning}>
              <Text of={warning} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ago(at: string | undefined): ComponentChildren {
  return at === undefined ? 'never' : <Ago at={at} />;
}
