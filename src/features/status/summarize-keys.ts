/** What the summary of a scan says of each key. */
import { definedOnly } from '../../core/defined-only.ts';
import { NameMap, ownValue } from '../../core/model/key-name.ts';
import { coverageOfUnseen, judgeCoverage } from '../watch/model/coverage.ts';
import type { Observation } from '../watch/model/observation.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import { isExcused } from '../watch/model/purge-ledger.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { StoreCheck } from './check-store.ts';
import type { KeyRisk, SeenStatus } from './hsm-status.ts';
import { keyContexts, type Memory } from './judge-hsm.ts';
import { judgeActive, judgeDeleted, type KeyContext, riskOfDeleted, riskOfUnseen } from './judge-key.ts';
import type { KeySummary } from './summary-document.ts';

/** What the keys are summarized from. `now`: epoch milliseconds. */
export interface KeysToSummarize {
  readonly now: number;
  readonly policy: WatchPolicy;
  readonly memory: Memory;
  readonly seen: Observation;
  readonly status: SeenStatus;
  readonly store: StoreCheck;
  /** Keys that a drill did not bring back. */
  readonly drilled: readonly KeyRisk[];
}

/** Each key that is active, deleted, or known from a purge or a backup, by name. */
export function keySummaries(given: KeysToSummarize): readonly (readonly [string, KeySummary])[] {
  const { seen, memory, status } = given;
  const drilled = new NameMap(given.drilled.map((one) => [one.key, one]));
  const lost = new Map(status.lost.map((loss) => [loss.key, loss]));
  const names = new Set([
    ...seen.active.keys(),
    ...seen.deleted.keys(),
    ...Object.keys(memory.watch.purges),
    ...Object.keys(memory.catalogue.keys),
    ...lost.keys(),
  ]);
  const contextOf = keyContexts(given.now, given.policy, memory, given.store);
  return [...names].sort().map((name): readonly [string, KeySummary] => {
    const loss = lost.get(name);
    const facts = withDrill(factsOf(name, given, contextOf(name)), drilled.get(name));
    if (loss === undefined) return [name, facts];
    const { key: _key, ...what } = loss;
    // A key of the same name may have been made since: the loss is of the one before.
    if (facts.state === 'active' || facts.state === 'deleted') return [name, { ...facts, loss: what }];
    const { risk: _risk, ...others } = facts;
    const detail =
      loss.lost === 'key'
        ? 'it was purged, and no backup brings it back'
        : 'it was purged, and no backup holds its newest version';
    return [name, { ...others, state: 'purged', word: 'lost', detail, loss: what }];
  });
}

/** Who deleted a key, as far as the HSM's audit log has said. */
export function callerName(
  { keys, purges }: Pick<WatchState, 'keys' | 'purges'>,
  name: string,
): string | undefined {
  const known = ownValue(keys, name);
  const caller =
    (known?.state === 'deleted' ? known.deletedBy : undefined) ?? ownValue(purges, name)?.deletedBy;
  return caller?.upn ?? caller?.objectId ?? caller?.appId;
}

function factsOf(
  name: string,
  { seen, memory, policy }: KeysToSummarize,
  context: ReturnType<ReturnType<typeof keyContexts>>,
): KeySummary {
  const { entry, oldestVersion } = context;
  const backup = entry === undefined ? {} : { backupAt: entry.record.capturedAt, backup: entry.blob };
  const active = seen.active.get(name);
  if (active !== undefined) {
    const judged = judgeActive(active, context);
    const found = judgeCoverage(active.attributes.createdAt, entry, oldestVersion);
    const word = judged === 'covered' ? 'safe' : judged === 'excluded' ? 'excluded' : 'at-risk';
    return {
      state: 'active',
      word,
      ...(typeof judged === 'string' ? {} : { risk: judged.risk, detail: judged.detail }),
      ...versionsOf(found, word === 'excluded' && found.coverage === 'none'),
      ...backup,
      createdAt: active.attributes.createdAt,
    };
  }
  const deleted = seen.deleted.get(name);
  if (deleted !== undefined) {
    const judged = judgeDeleted(deleted, context);
    const risk = riskOfDeleted(judged);
    return {
      state: 'deleted',
      word: risk !== undefined ? 'at-risk' : judged.coverage === 'excluded' ? 'excluded' : 'safe',
      ...(risk === undefined ? {} : { risk: risk.risk, detail: risk.detail }),
      ...versionsOf(judged, false),
      ...backup,
      createdAt: deleted.attributes.createdAt,
      deletedAt: judged.deletedAt,
      purgeAt: judged.scheduledPurgeAt,
      ...definedOnly({ deletedBy: callerName(memory.watch, name) }),
    };
  }
  const purge = ownValue(memory.watch.purges, name);
  const covered = coverageOfUnseen(entry);
  const isLeftOut = entry === undefined && purge !== undefined && isExcused(name, purge, policy.selection);
  return {
    state: purge === undefined ? 'restorable' : 'purged',
    ...(isLeftOut ? { word: 'excluded' as const } : wordOfUnseen(name, context, covered)),
    ...versionsOf(covered, isLeftOut),
    ...backup,
    ...definedOnly({ deletedAt: purge?.deletedAt, deletedBy: callerName(memory.watch, name) }),
  };
}

/** A key is at risk that a drill did not bring back, however good its backup looks. */
function withDrill(facts: KeySummary, failed: KeyRisk | undefined): KeySummary {
  if (failed === undefined || facts.word === 'at-risk') return facts;
  return { ...facts, word: 'at-risk', risk: failed.risk, detail: failed.detail };
}

/** Safe is only what a backup is known to bring back whole. */
function wordOfUnseen(
  name: string,
  context: KeyContext,
  { coverage }: Pick<KeySummary, 'coverage'>,
): Pick<KeySummary, 'word' | 'risk' | 'detail'> {
  const [risk] = riskOfUnseen(name, context);
  if (risk !== undefined) return { word: 'at-risk', risk: risk.risk, detail: risk.detail };
  if (coverage === 'complete') return { word: 'safe' };
  return { word: 'at-risk', risk: 'no-backup', detail: 'it has no backup' };
}

function versionsOf(
  {
    coverage,
    versionsCovered,
    versionsKnown,
  }: Pick<KeySummary, 'coverage' | 'versionsCovered' | 'versionsKnown'>,
  isExcluded: boolean,
): Pick<KeySummary, 'coverage' | 'versionsCovered' | 'versionsKnown'> {
  return { coverage: isExcluded ? 'excluded' : coverage, versionsCovered, versionsKnown };
}
