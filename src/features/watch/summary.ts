/** What a scan found in numbers: for its log line and its heartbeat. */

import { definedOnly } from '../../core/defined-only.ts';
import type { ListedKey } from '../../core/model/key.ts';
import { ownValue } from '../../core/model/key-name.ts';
import { reasonToSkip } from '../../core/model/selection.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import type { Catalogue, CatalogueEntry } from '../recovery-points/catalogue.ts';
import type { JudgeContext } from './model/context.ts';
import type { Finding } from './model/events.ts';
import type { Observation } from './model/observation.ts';
import { lostOf } from './model/purge-ledger.ts';
import { CONDITIONS, type WatchState } from './model/watch-state.ts';

/** Keys named in a log line; a line must stay readable. */
const NAMED = 10;
/** For so long a purged key that could be restored is counted: whoever misses it has asked by then. */
const RESTORABLE_MS = 14 * DAY_MS;

/** A scan in numbers. Ages are whole seconds. */
export interface ScanSummary {
  readonly activeKeys: number;
  readonly deletedKeys: number;
  /** Purged in the last 14 days, not back, and all of each could be restored. */
  readonly purgedKeys: number;
  readonly open: Readonly<Record<string, number>>;
  readonly oldestBackupSeconds?: number;
  /** The keys whose newest backup is oldest, with its age: one healthy key must not hide an ill one. */
  readonly oldestBackups: readonly { readonly key: string; readonly seconds: number }[];
  readonly unprotected: readonly string[];
}

/** Sums up a state and, when the HSM answered, what was seen. */
export function summarize(
  { now, policy }: JudgeContext,
  state: WatchState,
  observation: Observation | undefined,
  catalogue: Catalogue,
): ScanSummary {
  const known = Object.entries(state.keys);
  const unprotected = known.flatMap(([name, key]) =>
    key.state === 'active' && key.unprotected !== undefined ? [name] : [],
  );
  const selected = [...(observation?.active.values() ?? [])].filter(
    (key) => reasonToSkip(key, policy.selection) === undefined,
  );
  const ages = selected
    .flatMap((key) => age(key, ownValue(catalogue.keys, key.name), now))
    .sort((a, b) => b.seconds - a.seconds);
  const [oldest] = ages;
  return {
    activeKeys: known.filter(([, { state: where }]) => where === 'active').length,
    deletedKeys: known.filter(([, { state: where }]) => where === 'deleted').length,
    purgedKeys: restorable(state, now),
    open: openConditions(state, unprotected.length, observation?.odd?.length ?? 0),
    ...(oldest === undefined ? {} : { oldestBackupSeconds: oldest.seconds }),
    oldestBackups: ages.slice(0, NAMED),
    unprotected: unprotected.slice(0, NAMED),
  };
}

/** The heartbeat of a scan: silence instead of it means that nobody is watching. */
export function heartbeat(
  { hsm, now }: JudgeContext,
  summary: ScanSummary,
  ok: boolean,
  waitingEvents: number,
): Finding {
  const { activeKeys, deletedKeys, open, oldestBackupSeconds } = summary;
  const data = {
    hsm,
    severity: 'info',
    ok,
    lookedAt: isoTime(now),
    activeKeys,
    deletedKeys,
    open: { ...open },
    ...definedOnly({ oldestBackupSeconds }),
    waitingEvents,
  } as const;
  // Two scans may begin in the same millisecond and see different things.
  return { kind: 'heartbeat', discriminator: `looked ${JSON.stringify(data)}`, data };
}

/** Keys that nobody has brought back; the lost ones, and those that were to have no backup, are another matter. */
function restorable({ keys, purges }: WatchState, now: number): number {
  return Object.entries(purges).filter(
    ([name, purge]) =>
      ownValue(keys, name) === undefined &&
      lostOf(purge) === undefined &&
      purge.excluded !== true &&
      now - purge.at < RESTORABLE_MS,
  ).length;
}

function openConditions(state: WatchState, unprotected: number, unreadable: number): Record<string, number> {
  const keys = Object.values(state.keys);
  const overdue = keys.filter((key) => key.state === 'active' && key.overdueSince !== undefined).length;
  const counts: [string, number][] = [
    ['key-unprotected', unprotected],
    ['key-backup-overdue', overdue],
    ['key-unreadable', unreadable],
    ...CONDITIONS.map((condition): [string, number] => [
      condition,
      state.conditions[condition]?.told === true ? 1 : 0,
    ]),
  ];
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function age(key: ListedKey, entry: CatalogueEntry | undefined, now: number) {
  if (entry === undefined) return [];
  return [{ key: key.name, seconds: Math.max(0, Math.floor((now - entry.record.capturedAt) / 1000)) }];
}
