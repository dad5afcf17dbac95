/** Judges what the newest backup of a key would bring back. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { ListedKey } from '../../../core/model/key.ts';
import { type KeySelection, reasonToSkip } from '../../../core/model/selection.ts';
import { isoTime } from '../../../core/time.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import type { BackupFacts } from '../../recovery-points/events.ts';
import type { COVERAGES } from './events.ts';

/** What a backup covers of a key; the shape in which events report it. */
export interface Coverage {
  readonly coverage: (typeof COVERAGES)[number];
  readonly versionsCovered: number;
  readonly versionsKnown: number;
  readonly backup?: BackupFacts;
}

/**
 * Coverage of a key whose newest version was made at `newestCreatedAt` (the `created` of its list entry).
 * Versions are only ever added, and a backup holds all there were: one that holds the newest holds every one.
 * `oldestVersion`: set where the name is known to have been used by an earlier key, whose backups do not count.
 */
export function judgeCoverage(
  newestCreatedAt: number,
  entry: CatalogueEntry | undefined,
  oldestVersion?: string,
): Coverage {
  if (entry === undefined || !belongsTo(entry, oldestVersion)) {
    return { coverage: 'none', versionsCovered: 0, versionsKnown: 1 };
  }
  const versionsCovered = entry.record.versions.length;
  const complete = entry.record.createdAt === newestCreatedAt;
  return {
    coverage: complete ? 'complete' : 'partial',
    versionsCovered,
    versionsKnown: complete ? versionsCovered : versionsCovered + 1,
    backup: backupFacts(entry),
  };
}

/** Coverage of a key of which only the catalogue knows. */
export function coverageOfUnseen(entry: CatalogueEntry | undefined): Coverage {
  return entry === undefined
    ? { coverage: 'none', versionsCovered: 0, versionsKnown: 0 }
    : judgeCoverage(entry.record.createdAt, entry);
}

/** The same, of a key that the settings leave out on purpose. */
export function excuse(coverage: Coverage, key: ListedKey, selection: KeySelection): Coverage {
  return coverage.coverage === 'none' && reasonToSkip(key, selection) !== undefined
    ? { ...coverage, coverage: 'excluded' }
    : coverage;
}

/** What brings the key back once it is purged. */
export function afterPurge({ backup }: Coverage): 'restore' | 'lost' {
  return backup === undefined ? 'lost' : 'restore';
}

/** How events name a backup. */
export function backupFacts({ blob, versionId, record }: CatalogueEntry): BackupFacts {
  return {
    blob,
    ...definedOnly({ versionId }),
    capturedAt: isoTime(record.capturedAt),
    sha256: record.sha256,
  };
}

function belongsTo({ record }: CatalogueEntry, oldestVersion: string | undefined): boolean {
  return oldestVersion === undefined || record.versions.some(({ version }) => version === oldestVersion);
}
