/** Pre-flight: from the state a key is in to what will be done about it, or to why nothing can be. */
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import { olderFirst } from '../../../core/model/recovery-order.ts';
import type { StoredBackup } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import type { SeenKey } from '../model/record.ts';

/** What is asked for. Times are epoch milliseconds. */
export interface Ask {
  readonly hsm: string;
  /** The HSM the key is to come back into. */
  readonly target: string;
  readonly key: string;
  readonly action: 'auto' | 'recover' | 'restore' | 'adopt';
  /** Restore the state of this moment: the newest backup captured at or before it. */
  readonly asOf?: number;
  /** Restore this backup, by its blob name. */
  readonly backup?: string;
}

/** The state of a key on the target HSM. */
export type KeyState =
  | { readonly state: 'active' }
  | {
      readonly state: 'deleted';
      /** The key's name as the HSM spells it. */
      readonly name: string;
      readonly deletedAt: number;
      readonly scheduledPurgeAt: number;
      readonly seen?: SeenKey;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly state: 'gone' };

/** What will be done: recover, or restore the first of `candidates` that proves good. */
export type Plan =
  | { readonly action: 'recover'; readonly notes: readonly string[] }
  | {
      readonly action: 'restore';
      readonly candidates: readonly StoredBackup[];
      /** Whether an older backup may stand in for a damaged one. */
      readonly substitutes: boolean;
      readonly notes: readonly string[];
    };

/** Which HSMs share a security domain, so that one can restore the other's backups. */
export type SharesDomain = (source: string, target: string) => boolean;

/**
 * Decides. `backups` are those of the key on its source HSM, in any order. Fails with `target-refused`, `key-active`,
 * `key-deleted` (a restore was asked for), `nothing-to-recover`, `nothing-to-restore` or `backup-unknown`.
 */
export function planRecovery(
  ask: Ask,
  state: KeyState,
  backups: readonly StoredBackup[],
  sharesDomain: SharesDomain,
): Plan {
  if (ask.target !== ask.hsm && !sharesDomain(ask.hsm, ask.target)) {
    throw refuse(
      ask,
      'target-refused',
      `HSM ${ask.target} is not configured as sharing the security domain of HSM ${ask.hsm}`,
      'Restore into an HSM of the same security domain; WARDEN_SHARED_DOMAINS names those.',
    );
  }
  if (state.state === 'active') {
    throw refuse(ask, 'key-active', `the key is active on HSM ${ask.target}`, 'Nothing has to be recovered.');
  }
  return state.state === 'deleted' ? planDeleted(ask, state.scheduledPurgeAt) : planGone(ask, backups);
}

function planDeleted(ask: Ask, purgeAt: number): Plan {
  const wantsRestore =
    ask.action === 'restore' || ask.asOf !== undefined || ask.backup !== undefined || ask.target !== ask.hsm;
  if (wantsRestore) {
    throw refuse(
      ask,
      'key-deleted',
      `the key is soft-deleted on HSM ${ask.target}, and its name is taken until it is purged`,
      `Either recover it there (action recover, target ${ask.target}), or restore it after its purge at ${isoTime(purgeAt)} or into another HSM of the security domain.`,
    );
  }
  return {
    action: 'recover',
    notes: [`The key is soft-deleted on HSM ${ask.target} until ${isoTime(purgeAt)}; it will be recovered.`],
  };
}

function planGone(ask: Ask, backups: readonly StoredBackup[]): Plan {
  if (ask.action === 'recover') {
    throw refuse(
      ask,
      'nothing-to-recover',
      `there is no soft-deleted key of this name on HSM ${ask.target}`,
      'Ask for a restore: the key can come back from a backup only.',
    );
  }
  const candidates = choose(ask, backups);
  const [first] = candidates;
  if (first === undefined) {
    throw ask.backup === undefined
      ? refuse(
          ask,
          'nothing-to-restore',
          `there is no backup of it from HSM ${ask.hsm}${ask.asOf === undefined ? '' : ` captured by ${isoTime(ask.asOf)}`}`,
          'Look for backups of another HSM or of a later time.',
        )
      : refuse(
          ask,
          'backup-unknown',
          `there is no backup ${ask.backup} of it`,
          'List the backups of the key.',
        );
  }
  return {
    action: 'restore',
    candidates,
    substitutes: ask.backup === undefined,
    notes: [`No key of this name is on HSM ${ask.target}; it will be restored from a backup.`],
  };
}

/** Newest first. */
function choose(ask: Ask, backups: readonly StoredBackup[]): StoredBackup[] {
  const { asOf, backup } = ask;
  return backups
    .filter(({ record }) => record.hsm === ask.hsm && isSameName(record.key, ask.key))
    .filter(({ blob }) => backup === undefined || blob === backup)
    .filter(({ record }) => asOf === undefined || record.capturedAt <= asOf)
    .sort((a, b) => olderFirst(b, a));
}

function refuse(ask: Ask, code: WardenErrorCode, why: string, advice: string): WardenError {
  return new WardenError(code, {
    message: `Key ${ask.key} of HSM ${ask.hsm} cannot be brought back as asked: ${why}.`,
    advice,
    hsm: ask.target,
    key: ask.key,
  });
}
