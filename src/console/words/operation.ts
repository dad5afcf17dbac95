/** What a request will do, in words. */
import { counted } from './count.ts';

interface Doing {
  readonly action: 'recover' | 'restore' | 'adopt';
  readonly hsm: string;
  readonly target: string;
  readonly key: string;
  readonly deletedAt?: string;
  readonly backup?: { readonly capturedAt: string; readonly versions?: readonly unknown[] };
}

/** `Recover payments-data on contoso`. */
export function operationTitle({ action, key, target }: Doing): string {
  if (action === 'adopt') return `Adopt a backup of ${key} of ${target}`;
  return `${action === 'recover' ? 'Recover' : 'Restore'} ${key} on ${target}`;
}

/** What happens once it is approved. Times stand in it as ISO texts. */
export function operationInWords(operation: Doing): readonly string[] {
  const { action, hsm, target, key, deletedAt, backup } = operation;
  if (action === 'recover') {
    const which = deletedAt === undefined ? '' : ` The deletion of ${deletedAt} is undone, and no other.`;
    return [
      `The soft-deleted key ${key} on HSM ${target} becomes active again, with all its versions.${which}`,
    ];
  }
  if (action === 'adopt') {
    const when = backup === undefined ? '' : ` captured ${backup.capturedAt}`;
    return [
      `The backup of key ${key} of HSM ${hsm}${when} has no seal. It counts as a recovery point from then on; no key is touched.`,
    ];
  }
  const versions =
    backup?.versions === undefined ? '' : `, which holds ${counted(backup.versions.length, 'version')}`;
  const from = backup === undefined ? 'its backup' : `the backup captured ${backup.capturedAt}${versions}`;
  const other = hsm === target ? '' : ` It was on HSM ${hsm}: it comes back on another one.`;
  return [`The key ${key} is restored on HSM ${target} from ${from}.${other}`];
}
