/** Acts on damaged backups: reports them, asks for fresh ones, and takes them out of the catalogue. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { BackupStore, Clock, StoredBackup, WorkQueue } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { KeyBackupMessage } from '../backup/queues.ts';
import { KEY_BACKUPS } from '../backup/queues.ts';
import { exchangeBackups } from '../recovery-points/save-backups.ts';
import { backupFacts } from '../watch/model/coverage.ts';
import type { Finding } from '../watch/model/events.ts';
import { announce, type Posted } from '../watch/outbox.ts';
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

/**
 * Puts an event about each damaged backup of an HSM into the outbox, to be published from there; asks for fresh backups, and
 * takes the damaged ones out of the catalogue. Safe to repeat: an event's id is that of the blob. Fails with
 * `state-corrupt`, `state-conflict` or a storage code.
 */
export async function reportDamage(
  deps: DamageDeps,
  hsm: string,
  damaged: readonly Damage[],
  signal: AbortSignal,
): Promise<Posted> {
  const found: Found[] = [];
  for (const damage of damaged) {
    found.push({ ...damage, good: await newestGood(deps.backups, damage.backup, signal) });
  }
  const now = isoTime(deps.clock.now());
  const posted = await announce(
    deps,
    hsm,
    found.map((damage) => findingOf(damage, now)),
  );
  for (const { backup } of found) {
    const message: KeyBackupMessage = {
      kind: 'key-backup',
      hsm,
      key: backup.record.key,
      reason: 'requested',
    };
    await deps.queue.send(KEY_BACKUPS, message);
  }
  const exchanges = found.map(({ backup: { blob, record }, good }) => ({
    key: record.key,
    blob,
    replacement: good,
  }));
  await exchangeBackups(deps.state, hsm, exchanges);
  return posted;
}

/** A damaged backup, and the newest good one of its key. */
interface Found extends Damage {
  readonly good: StoredBackup | undefined;
}

function findingOf({ backup, reason, good }: Found, noticedAt: string): Finding {
  const { record, blob } = backup;
  return {
    kind: 'backup-damaged',
    discriminator: `damaged ${blob}`,
    data: {
      hsm: record.hsm,
      key: record.key,
      severity: good === undefined ? 'critical' : 'high',
      blob,
      reason,
      capturedAt: isoTime(record.capturedAt),
      noticedAt,
      expectedSha256: record.sha256,
      ...definedOnly({ backup: good && backupFacts(good) }),
    },
  };
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
  others.sort((a, b) => olderFirst(b, a));
  for (const backup of others) {
    if ((await damageOf(backups, backup, signal)) === undefined) return backup;
  }
  return undefined;
}
