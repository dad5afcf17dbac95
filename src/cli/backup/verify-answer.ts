/** What a verification says: how much was read, and of each damaged key what is left and what to do. */
import { counted, when } from '../connect/warden-options.ts';
import type { Answer } from '../frame/command.ts';
import { sizeText } from '../frame/table.ts';
import { adviceOn, type KeyDamage } from './damage.ts';

/** What was found. */
export interface Verified {
  readonly checked: number;
  readonly bytes: number;
  readonly keys: readonly KeyDamage[];
  /** HSMs of which there was nothing to read. */
  readonly empty: readonly string[];
  /** The key that was asked about, if one was. */
  readonly key: string | undefined;
}

/** The answer. `now`: epoch milliseconds; `same`: what keeps a command in the local world. */
export function verifyAnswer(
  { checked, bytes, keys, empty, key }: Verified,
  { now, same }: { readonly now: number; readonly same: string },
): Answer {
  const damaged = keys.flatMap((found) => {
    const { state, next } = adviceOn(found, now, same);
    const { hsm, good, where } = found;
    return found.backups.map(({ backup, reason }) => ({
      hsm,
      key: found.key,
      blob: backup.blob,
      capturedAt: when(backup.record.capturedAt),
      reason,
      keyIs: where.is,
      scheduledPurgeAt: where.is === 'deleted' ? when(where.scheduledPurgeAt) : undefined,
      goodBackup: good?.blob ?? null,
      state,
      next,
    }));
  });
  return {
    data: { checked, bytes, damaged, empty },
    doubts: empty.map(
      (hsm) =>
        `CANNOT TELL: nothing was verified of ${key === undefined ? hsm : `key ${key} of ${hsm}`}: no backup of it is stored`,
    ),
    table: {
      columns: ['Hsm', 'Key', 'Blob', 'Damage', 'KeyIs', 'GoodBackup'],
      rows: damaged.map((one) => [one.hsm, one.key, one.blob, one.reason, one.keyIs, one.goodBackup ?? '']),
    },
    page: [
      ...keys.flatMap((found) => keyLines(found, now, same)),
      ...(checked === 0
        ? []
        : [
            `Read ${counted(checked, 'backup')} (${sizeText(bytes)}): ${damaged.length === 0 ? 'all are good' : `${damaged.length} damaged, of ${counted(keys.length, 'key')}`}.`,
          ]),
    ].join('\n'),
    exit: damaged.length > 0 ? 'failed' : empty.length > 0 ? 'unknown' : 'done',
  };
}

function keyLines(found: KeyDamage, now: number, same: string): readonly string[] {
  const { state, next } = adviceOn(found, now, same);
  return [
    `DAMAGED ${found.key} of ${found.hsm}: ${state}`,
    ...found.backups.map(({ backup, reason }) => `  ${backup.blob}\n    ${reason}`),
    ...next.map((command) => `  -> ${command}`),
    '',
  ];
}
