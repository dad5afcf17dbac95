/** One line of time: what happened to a key, newest first. */

import type { JSX } from 'preact';
import type { TimelineEvent } from '../../api/model.ts';
import { requestPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Text } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { type Tone, Word } from '../../ui/word.tsx';

const KINDS: Readonly<Record<string, readonly [string, Tone]>> = {
  version: ['New version', 'calm'],
  backup: ['Backup', 'good'],
  damage: ['Damage', 'bad'],
  deleted: ['Deleted', 'warn'],
  'use-while-deleted': ['Use while deleted', 'warn'],
  purged: ['Purged', 'bad'],
  requested: ['Request', 'calm'],
  approved: ['Approved', 'calm'],
  rejected: ['Rejected', 'calm'],
  cancelled: ['Cancelled', 'calm'],
  expired: ['Expired', 'calm'],
  recovered: ['Brought back', 'good'],
  adopted: ['Adopted', 'good'],
  failed: ['Failed', 'bad'],
  drill: ['Drill', 'calm'],
};

const DRILLS: Readonly<Record<string, Tone>> = {
  proven: 'good',
  'metadata-only': 'warn',
  failed: 'bad',
  blocked: 'warn',
};

interface TimelineProps {
  readonly of: readonly TimelineEvent[];
  /** There is more than is shown. */
  readonly isCut: boolean;
}

/** The line. */
export function Timeline({ of, isCut }: TimelineProps): JSX.Element {
  return (
    <section>
      <h2>What happened</h2>
      {of.length === 0 && <p class="empty">Nothing is recorded.</p>}
      <ol class="timeline">
        {of.map((event, index) => (
          // Two events of one moment may have the same words.
          <li key={`${event.at} ${event.kind} ${index}`}>
            <Event of={event} />
          </li>
        ))}
      </ol>
      {isCut && <p>There is more than is shown here: hsm-warden backup list shows every backup.</p>}
    </section>
  );
}

function Event({ of }: { readonly of: TimelineEvent }): JSX.Element {
  const [word, usual] = KINDS[of.kind] ?? [of.kind, 'unknown'];
  const tone = of.verdict === undefined ? usual : (DRILLS[of.verdict] ?? 'unknown');
  const isBad = of.damaged === true || of.sealed === false;
  return (
    <>
      <span class="when">
        <At at={of.at} />
      </span>
      <span>
        <Word tone={isBad ? 'bad' : tone}>{word}</Word> <Text of={of.text.replace(/\.$/, '')} />
        {of.by !== undefined && `, by ${of.by}`}.{of.damaged === true && <strong> Damaged.</strong>}
        {of.sealed === false && <strong> Not sealed: it does not count.</strong>}
        {of.recoveryId !== undefined && (
          <>
            {' '}
            <Link href={requestPath(of.recoveryId)}>The request</Link>
          </>
        )}
      </span>
    </>
  );
}
