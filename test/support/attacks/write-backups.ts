/** Somebody who can write the container of the backups. */
import { sha256Hex } from '../../../src/core/sha256.ts';
import { DAY_MS } from '../recovery-builders.ts';
import type { RecoveryWorld } from '../recovery-world.ts';
import type { Choice } from './choice.ts';

/** Does something to the container of the backups. */
export async function writeBackups(
  { backups, clock }: RecoveryWorld,
  { what, which, how }: Choice,
): Promise<void> {
  const blobs = backups.blobs;
  const blob = blobs[which % Math.max(1, blobs.length)];
  const other = blobs[how % Math.max(1, blobs.length)];
  if (blob === undefined || other === undefined) return;
  const [{ stored }, { stored: foreign, bytes }] = [
    await backups.fetch({ blob }),
    await backups.fetch({ blob: other }),
  ];
  const sha256 = sha256Hex(bytes);
  switch (what % 5) {
    case 0:
      backups.overwrite(blob, bytes, { sha256, bytes: bytes.length });
      return;
    case 1:
      backups.damage(blob, bytes);
      return;
    case 2: {
      const capturedAt = clock.now() + (how % 3) * 365 * DAY_MS;
      await backups
        .put({ ...stored.record, capturedAt, sha256, bytes: bytes.length }, bytes)
        .catch(() => undefined);
      return;
    }
    case 3: {
      const key = how % 2 === 0 ? stored.record.key.toUpperCase() : stored.record.key;
      const record = { ...foreign.record, key, capturedAt: clock.now() + 1, sha256 };
      await backups.put(record, bytes).catch(() => undefined);
      return;
    }
    case 4:
      backups.overwrite(blob, Buffer.from('junk'));
  }
}
