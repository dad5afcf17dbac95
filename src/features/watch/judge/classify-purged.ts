/** Says what a purge left behind: a backup that can bring the key back, or nothing. */

import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime } from '../../../core/time.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import { deletionOf, type JudgeContext } from '../model/context.ts';
import { afterPurge, type Coverage, coverageOfUnseen, excuse, judgeCoverage } from '../model/coverage.ts';
import type { Finding } from '../model/events.ts';
import { asListed } from '../model/remembered.ts';
import { severityOfPurged } from '../model/severity.ts';
import type { KeySignal } from '../model/signals.ts';
import type { KnownKey } from '../model/watch-state.ts';

/** How a purge came to be known: of a key seen before, from the audit log, or from a backup whose key is nowhere. */
export type PurgeEvidence =
  | {
      readonly foundBy: 'look';
      readonly known: KnownKey;
      readonly record: KeySignal | undefined;
      /** Concluded from another key in its place, without proof. */
      readonly presumed?: boolean;
    }
  | { readonly foundBy: 'audit-log'; readonly signal: KeySignal }
  | { readonly foundBy: 'catalogue'; readonly entry: CatalogueEntry };

/** The finding of a purge and the backup to be pinned, if there is one. */
export function classifyPurged(
  { hsm, now, policy }: JudgeContext,
  name: string,
  evidence: PurgeEvidence,
  entry: CatalogueEntry | undefined,
): {
  readonly finding: Finding;
  readonly coverage: Coverage['coverage'];
  readonly pin?: string;
} {
  const purgedBy = recordOf(evidence)?.caller;
  const known = evidence.foundBy === 'look' ? evidence.known : undefined;
  const judged =
    known === undefined
      ? coverageOfUnseen(entry)
      : judgeCoverage(known.createdAt, entry, known.oldestVersion);
  const coverage = excuse(judged, asListed(name, known), policy.selection);
  const { backup } = coverage;
  const dates =
    known?.state === 'deleted'
      ? { deletedAt: isoTime(known.deletedAt), scheduledPurgeAt: isoTime(known.scheduledPurgeAt) }
      : {};
  const finding: Finding = {
    kind: 'key-purged',
    discriminator: discriminatorOf(evidence),
    data: {
      hsm,
      key: name,
      severity: severityOfPurged(coverage.coverage),
      recoverable: afterPurge(coverage),
      foundBy: evidence.foundBy,
      ...(evidence.foundBy === 'look' && evidence.presumed === true ? { presumed: true } : {}),
      noticedAt: isoTime(now),
      ...dates,
      ...definedOnly({ purgedBy }),
      ...coverage,
    },
  };
  const verdict = { finding, coverage: coverage.coverage };
  return backup === undefined ? verdict : { ...verdict, pin: backup.blob };
}

/** The audit log's record of the purge, if it is known. */
export function recordOf(evidence: PurgeEvidence): KeySignal | undefined {
  switch (evidence.foundBy) {
    case 'look':
      return evidence.record;
    case 'audit-log':
      return evidence.signal;
    case 'catalogue':
      return undefined;
  }
}

function discriminatorOf(evidence: PurgeEvidence): string {
  switch (evidence.foundBy) {
    case 'look':
      return evidence.known.state === 'deleted'
        ? deletionOf(evidence.known)
        : `created ${evidence.known.createdAt}`;
    case 'audit-log':
      return `purged ${evidence.signal.at}`;
    case 'catalogue':
      return `backup ${evidence.entry.blob}`;
  }
}
