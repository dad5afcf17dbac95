/** What a key that came back must be. */
import type { BackupRecord } from '../../../core/model/backup-record.ts';
import type { ExpectedVersion } from '../model/known-facts.ts';
import type { Operation, SeenKey } from '../model/record.ts';

/** By the backup's record, and by what was seen of the key while it was deleted; as far as there are such. */
export interface Expectation {
  readonly operation: Pick<Operation, 'action' | 'key' | 'deletedAt'>;
  readonly seen?: SeenKey | undefined;
  readonly backup: BackupRecord | undefined;
  /** Which versions of the backup's record the catalogue confirms; where nobody asked it, the record alone is believed. */
  readonly confirmed?: readonly ExpectedVersion[] | undefined;
}
