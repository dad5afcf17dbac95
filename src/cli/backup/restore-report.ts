/** What a bulk restore did, key by key: the paper that is left when the night is over. Times are ISO 8601, durations ms. */

/**
 * What a backup was believed by: its seal; nothing but its own words, where the settings pin no sealing key (`not sealed`) or
 * where unsealed backups were accepted (`unproven`).
 */
export type Evidence = 'sealed' | 'not sealed' | 'unproven';

/** What became of one key. */
export interface RestoredKey {
  readonly key: string;
  /**
   * `restored` from the backup; `recovered` from soft-delete; `present` before; each verified against the record of the
   * backup. `failed`: see `problem`.
   */
  readonly outcome: 'restored' | 'recovered' | 'present' | 'failed';
  readonly blob?: string;
  readonly capturedAt?: string;
  readonly sha256?: string;
  readonly evidence?: Evidence;
  /** Versions in the key now, and those proven by their public key or, of symmetric keys, by version id. */
  readonly versions?: number;
  readonly verified?: number;
  readonly durationMs: number;
  readonly notes: readonly string[];
  readonly problem?: { readonly code: string; readonly message: string };
}

/** The whole report. */
export interface RestoreReport {
  readonly format: 1;
  /** The HSM the backups are of, and the one they were restored into. */
  readonly source: string;
  readonly target: { readonly hsm: string; readonly url: string };
  readonly asOf?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Restores a second: the most that was allowed, and what was reached. */
  readonly pace: { readonly set: number; readonly reached: number };
  readonly complete: boolean;
  readonly counts: Readonly<Record<RestoredKey['outcome'], number>>;
  readonly keys: readonly RestoredKey[];
}

/** Counts outcomes; one that never came counts as none. */
export function countRestored(keys: readonly RestoredKey[]): RestoreReport['counts'] {
  const counts = { restored: 0, recovered: 0, present: 0, failed: 0 };
  for (const { outcome } of keys) counts[outcome] += 1;
  return counts;
}
