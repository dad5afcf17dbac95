/** The events about recovery points. They are here and not with the verification that finds damage: the watch keeps them for sending. */
import { z } from 'zod';
import { defineEvent } from '../../core/events/define-event.ts';
import { Severity } from '../../core/events/severity.ts';

/** The newest good backup of a key, by its name in the store. */
export const BackupFacts = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  capturedAt: z.iso.datetime(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFacts = z.infer<typeof BackupFacts>;

/** A stored backup that does not read back as it was written, or is gone. */
export const BACKUP_DAMAGED = defineEvent({
  kind: 'backup-damaged',
  type: 'HsmWarden.BackupDamaged',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    key: z.string().min(1),
    blob: z.string(),
    reason: z.string(),
    capturedAt: z.iso.datetime(),
    noticedAt: z.iso.datetime(),
    expectedSha256: z.string(),
    /** Another good backup of the key, if there is one. */
    backup: BackupFacts.exactOptional(),
  }),
  subject: z.string().regex(/^hsms\/[^/]+(\/keys\/[^/]+)?$/),
});

/** A key whose last good backup was damaged has one again that was taken after that. */
export const BACKUP_REPLACED = defineEvent({
  kind: 'backup-replaced',
  type: 'HsmWarden.BackupReplaced',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    key: z.string().min(1),
    /** When it was noticed that no good backup was left. */
    noticedAt: z.iso.datetime(),
    /** The one taken since. */
    backup: BackupFacts,
  }),
  subject: z.string().regex(/^hsms\/[^/]+\/keys\/[^/]+$/),
});
