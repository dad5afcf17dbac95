/** Acts on a damaged backup: tells it, asks for a fresh one, and takes it out of the catalogue. */

import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { Finding } from '../../core/events/finding.ts';
import type { BackupStore, Clock, StoredBackup, WorkQueue } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { KeyBackupMessage } from '../backup/queues.ts';
import { KEY_BACKUPS } from '../backup/queues.ts';
import { exchangeBackups } from '../recovery-points/save-backups.ts';
import { backupFacts } from '../watch/model/coverage.ts';
import { announce } from '../watch/outbox.ts';
import { damageOf } from './check-backup.ts';

/** What acting on damage needs. */
export interface DamageDeps {
  readonly backups: BackupStore;
  readonly state: DocumentStore;
  readonly queue: WorkQueue;
  readonly clock: Clock;
}

/** A damaged backup and what is wrong with it. */
export interface Damage {
  readonly backup: StoredBackup;
  readonly reason: string;
}

/** Safe to repeat: the event's id is that of the blob. Fails with `state-corrupt`, `state-conflict` or a storage code. */
export async function reportDamage(deps: DamageDeps, damage: Damage, signal: AbortSignal): Promise<void> {
  const { record, blob } = damage.backup;
  const { hsm, key } = record;
  const good = await newestGood(deps.backups, damage.backup, signal);
  const finding: Finding = {
    kind: 'backup-damaged',
    discriminator: `damaged ${blob}`,
    data: {
      hsm,
      key,
      severity: good === undefined ? 'critical' : 'high',
      blob,
      reason: damage.reason,
      capturedAt: isoTime(record.capturedAt),
      noticedAt: isoTime(deps.clock.now()),
      expectedSha256: record.sha256,
      ...(good === undefined ? {} : { backup: backupFacts(good) }),
    },
  };
  await announce(deps, hsm, [finding]);
  const message: KeyBackupMessage = { kind: 'key-backup', hsm, key, reason: 'requested' };
  await deps.queue.send(KEY_BACKUPS, message);
  await exchangeBackups(deps.state, hsm, [{ key, blob, replacement: good }]);
}

/** The newest backup of the key that reads back well, besides the damaged one. */
async function newestGood(
  backups: BackupStore,
  damaged: StoredBackup,
  signal: AbortSignal,
): Promise<StoredBackup | undefined> {
  const { hsm, key } = damaged.record;
  const others: StoredBackup[] = [];
  for await (const page of backups.list(hsm, key, signal)) {
    others.push(...page.filter(({ blob }) => blob !== damaged.blob));
  }
  others.sort((a, b) => b.record.capturedAt - a.record.capturedAt);
  for (const backup of others) {
    if ((await damageOf(backups, backup, signal)) === undefined) return backup;
  }
  return undefined;
}
