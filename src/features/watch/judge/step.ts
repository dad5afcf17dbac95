/** One step of the watch over an HSM: from its memory and what a scan saw to its next memory and its findings. Pure. */

import type { WardenError } from '../../../core/errors.ts';
import type { ListedDeletedKey } from '../../../core/model/key.ts';
import { foldName, isSameName, NameMap, ownValue } from '../../../core/model/key-name.ts';
import type { LastRun } from '../../backup/last-run.ts';
import type { Catalogue } from '../../recovery-points/catalogue.ts';
import type { JudgeContext } from '../model/context.ts';
import { findReplaced } from '../model/damaged-keys.ts';
import type { Finding } from '../model/events.ts';
import type { NotedDamage } from '../model/noted-damage.ts';
import type { Observation, Presence } from '../model/observation.ts';
import { post } from '../model/post.ts';
import { asListed } from '../model/remembered.ts';
import type { Signals } from '../model/signals.ts';
import type { DeletedKey, KnownKey, WatchState } from '../model/watch-state.ts';
import type { FormerBackups } from '../observe/former-backups.ts';
import { classifyDeleted } from './classify-deleted.ts';
import type { DrillsSeen } from './classify-drills.ts';
import { classifyHsm, classifyUnreachable } from './classify-hsm.ts';
import { classifyUses } from './classify-use.ts';
import { keptPurges, notePurges } from './judge-purges.ts';
import { type KeyAfter, stepKey } from './step-key.ts';

/** What a scan found. */
export interface ScanFacts {
  readonly observation: Observation;
  /** What direct reads said of the doubtful names. */
  readonly confirmed: ReadonlyMap<string, Presence>;
  readonly catalogue: Catalogue;
  readonly former: FormerBackups;
  readonly signals: Signals;
  readonly lastRun: LastRun | undefined;
  readonly drills?: DrillsSeen | undefined;
  /** Keys without a backup, one of which is noted as damaged for good. */
  readonly damaged: NotedDamage;
}

/** The watch after a step. The findings are in the state's outbox too, as events. */
export interface Step {
  readonly state: WatchState;
  readonly findings: readonly Finding[];
}

/** The step after a scan that saw the HSM. */
export function step(context: JudgeContext, state: WatchState, facts: ScanFacts): Step {
  const watchingSince = state.watchingSince ?? context.now;
  const keys = new NameMap<KnownKey>();
  const past = notePurges(context, state, facts);
  const purges = new NameMap(keptPurges(context, past, facts.catalogue));
  const pins = new Set(state.pins);
  const findings: Finding[] = [];
  const deletes = Map.groupBy(facts.signals.deletes, ({ key }) => foldName(key));
  const purged = Map.groupBy(facts.signals.purges, ({ key }) => foldName(key));

  for (const name of allNames(state, facts)) {
    const entry = ownValue(facts.catalogue.keys, name);
    const before = {
      name,
      known: ownValue(state.keys, name),
      lookedAt: state.lookedAt,
      pastPurge: ownValue(past, name),
      entry,
      former: facts.former.has(name) ? facts.former.get(name) : entry,
      deletes: deletes.get(foldName(name)) ?? [],
      purges: purged.get(foldName(name)) ?? [],
    };
    const after = withUses(context, stepKey(context, before, presenceOf(name, facts)), name, facts.signals);
    if (after.known !== undefined) keys.set(name, after.known);
    if (after.purge !== undefined) purges.set(name, after.purge);
    for (const blob of after.pins ?? []) pins.add(blob);
    findings.push(...after.findings);
  }
  const hsm = classifyHsm(context, state.conditions, facts.observation, { ...facts, watchingSince });
  findings.push(...hsm.findings);
  const next = {
    ...state,
    watchingSince,
    lookedAt: context.now,
    keys: Object.fromEntries(keys),
    purges: Object.fromEntries(purges),
    conditions: hsm.conditions,
    pins: [...pins],
  };
  const replaced = findReplaced(next, facts.catalogue);
  findings.push(...replaced.findings);
  return { state: post(replaced.state, findings, context.now), findings };
}

/**
 * The step after a scan to which the HSM gave no answer: nothing is concluded about where any key is. But the time of a
 * deletion runs on, so its thresholds are reported from memory.
 */
export function stepUnreachable(
  context: JudgeContext,
  state: WatchState,
  error: WardenError,
  catalogue: Catalogue,
): Step {
  const { conditions, findings } = classifyUnreachable(context, state.conditions, error);
  const watchingSince = state.watchingSince ?? context.now;
  const all: Finding[] = [...findings];
  const keys = Object.entries(state.keys).map(([name, known]): [string, KnownKey] => {
    if (known.state !== 'deleted') return [name, known];
    const pending = classifyDeleted(context, remembered(name, known), known, ownValue(catalogue.keys, name));
    all.push(...pending.findings);
    return [name, pending.known];
  });
  const next = { ...state, watchingSince, keys: Object.fromEntries(keys), conditions };
  return { state: post(next, all, context.now), findings: all };
}

function remembered(name: string, known: DeletedKey): ListedDeletedKey {
  const { deletedAt, scheduledPurgeAt } = known;
  return { ...asListed(name, known), deletedAt, scheduledPurgeAt };
}

function allNames(state: WatchState, { observation, confirmed, signals }: ScanFacts): ReadonlySet<string> {
  const names = [
    ...signals.purges.flatMap(({ key }) => (ownValue(state.purges, key) === undefined ? [] : [key])),
    ...Object.keys(state.keys),
    ...confirmed.keys(),
    ...observation.deleted.keys(),
    ...observation.active.keys(),
  ];
  // The HSM's own spelling comes last and stays.
  return new Set(new NameMap(names.map((name) => [name, true])).keys());
}

function presenceOf(name: string, { observation, confirmed }: ScanFacts): Presence {
  const read = confirmed.get(name);
  if (read !== undefined) return read;
  const deleted = observation.deleted.get(name);
  if (deleted !== undefined) return { is: 'deleted', key: deleted };
  const active = observation.active.get(name);
  return active === undefined ? { is: 'unknown' } : { is: 'active', key: active };
}

function withUses(context: JudgeContext, after: KeyAfter, name: string, signals: Signals): KeyAfter {
  if (after.known?.state !== 'deleted') return after;
  const uses = signals.uses.filter(({ key }) => isSameName(key, name));
  if (uses.length === 0) return after;
  const { known, findings } = classifyUses(context, after.known, uses);
  return { ...after, known, findings: [...after.findings, ...findings] };
}
