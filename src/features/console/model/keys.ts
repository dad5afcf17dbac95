/** Keys in lists, and the page of one key. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { DrillResult } from '../../drill/model/result.ts';
import { KeySummary } from '../../status/summary-document.ts';
import { Count, Time } from './parts.ts';
import { WaitingRequest } from './requests.ts';

/** How old what is said of an HSM's keys is. */
export const AsOf = z.strictObject({
  hsm: z.string(),
  judgedAt: Time.exactOptional(),
  staleAfter: Time.exactOptional(),
  stale: z.boolean(),
  why: z.string().exactOptional(),
});
export type AsOf = z.infer<typeof AsOf>;

/** How a key stands, the worst first. `acknowledged`: lost, and a person has taken note of it. */
export const KEY_WORDS = ['lost', 'at-risk', 'acknowledged', 'excluded', 'safe'] as const;

/** A key of the name that was purged, and that no backup brings back as it was. */
const Loss = z.strictObject({
  lost: z.enum(['key', 'newest-version']),
  finding: z.string().exactOptional(),
  noticedAt: Time.exactOptional(),
  acknowledged: z.strictObject({ by: z.string(), at: Time, reason: z.string() }).exactOptional(),
});

/** A key in a list. */
export const KeyLine = z.strictObject({
  hsm: z.string(),
  key: z.string(),
  ...KeySummary.omit({ loss: true, backupAt: true, createdAt: true, deletedAt: true, purgeAt: true }).shape,
  word: z.enum(KEY_WORDS),
  loss: Loss.exactOptional(),
  backupAt: Time.exactOptional(),
  createdAt: Time.exactOptional(),
  deletedAt: Time.exactOptional(),
  purgeAt: Time.exactOptional(),
  request: z.strictObject({ id: z.string(), state: z.string() }).exactOptional(),
});
export type KeyLine = z.infer<typeof KeyLine>;

/** A page of keys. */
export const KeyPage = z.strictObject({
  items: z.array(KeyLine),
  total: Count,
  next: z.string().exactOptional(),
  asOf: z.array(AsOf),
  unknown: z.array(z.string()),
});
export type KeyPage = z.infer<typeof KeyPage>;

/** Something that happened to a key. */
export const TimelineEvent = z.strictObject({
  at: Time,
  kind: z.enum([
    'version',
    'backup',
    'damage',
    'deleted',
    'use-while-deleted',
    'purged',
    'requested',
    'approved',
    'rejected',
    'cancelled',
    'expired',
    'recovered',
    'adopted',
    'failed',
    'drill',
  ]),
  text: z.string(),
  by: z.string().exactOptional(),
  blob: z.string().exactOptional(),
  version: z.string().exactOptional(),
  recoveryId: z.string().exactOptional(),
  sealed: z.boolean().exactOptional(),
  damaged: z.boolean().exactOptional(),
  verdict: DrillResult.shape.verdict.exactOptional().meta({ description: 'Of a drill' }),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/** A backup of the key whose page it is on. */
export const KeyBackup = z.strictObject({
  blob: z.string(),
  capturedAt: Time,
  bytes: Count,
  versions: Count,
  sealed: z.boolean().nullable().meta({
    description: 'null where no seals are configured; with `why`: where it could not be verified',
  }),
  why: z.string().exactOptional(),
  damaged: z.boolean().nullable().meta({ description: 'null where the verification could not be read' }),
  newest: z.boolean(),
});
export type KeyBackup = z.infer<typeof KeyBackup>;

/** The page of one key. */
export const KeyStory = z.strictObject({
  line: KeyLine,
  asOf: AsOf,
  timeline: z.array(TimelineEvent),
  truncated: z.boolean(),
  backups: z.array(KeyBackup),
  requests: z.array(WaitingRequest),
  unknown: z.array(z.string()),
});
export type KeyStory = z.infer<typeof KeyStory>;
