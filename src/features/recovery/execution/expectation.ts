/** What a key that came back must be. */
import type { BackupRecord } from '../../../core/model/backup-record.ts';
import type { Operation, SeenKey } from '../model/record.ts';

/** By the backup's record, and by what was seen of the key while it was deleted; as far as there are such. */
export interface Expectation {
  readonly operation: Pick<Operation, 'action' | 'key' | 'deletedAt'>;
  readonly seen?: SeenKey | undefined;
  readonly backup: BackupRecord | undefined;
}
