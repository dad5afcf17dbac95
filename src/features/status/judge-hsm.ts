/** Scans one HSM and its backups, changes nothing, and says whether every key is safe. */

import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import type { ListedKey } from '../../core/model/key.ts';
import { NameMap, ownValue } from '../../core/model/key-name.ts';
import type { BackupStore, OddItem } from '../../core/ports.ts';

import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { type Catalogue, type CatalogueStore, readCatalogue } from '../recovery-points/catalogue.ts';
import { withoutBackup } from '../watch/model/noted-damage.ts';
import { recallWatch } from '../watch/model/noted-losses.ts';
import type { Observation } from '../watch/model/observation.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import { type ObserveDeps, observe } from '../watch/observe/observe.ts';
import { type KnownAcknowledgements, readAcknowledgements } from './acknowledged.ts';
import { checkStore, type StoreCheck } from './check-store.ts';
import type { HsmStatus, KeyRisk, SeenStatus } from './hsm-status.ts';
import {
  type ActiveJudgement,
  judgeActive,
  judgeDeleted,
  type KeyContext,
  riskOfDeleted,
  riskOfUnseen,
} from './judge-key.ts';
import { damagedKeys, isDamaged, lostKeys, settlingKeys, sortLosses } from './lost-keys.ts';
import { type DatedFacts, readDated, readScanTime } from './read-dated.ts';
import { unjudgedKeys } from './unjudged-keys.ts';
import {
  eventWarnings,
  hsmWarnings,
  noteWarnings,
  openEvents,
  runWarnings,
  sealWarnings,
} from './warnings.ts';

/** What judging needs. */
export interface StatusDeps extends ObserveDeps {
  readonly state: CatalogueStore;
  readonly backups: BackupStore;
  readonly auditStore: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  /** Where decisions are sealed. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
}

/** What is remembered of an HSM. */
export interface Memory extends DatedFacts {
  readonly catalogue: Catalogue;
  readonly watch: WatchState;
  /** How many notes of findings have no good seal. */
  readonly ignoredNotes: number;
  /** The damaged backups that are noted for good, by name. */
  readonly notedDamage: ReadonlyMap<string, number> | undefined;
  /** The last scan that saw every key, epoch milliseconds. */
  readonly scannedAt: number | undefined;
  readonly acknowledgements: KnownAcknowledgements;
}

/** The status of an HSM. An HSM or a store that cannot be read is a status too. Fails with the reason of an abort, or `signed-out`. */
export async function judgeHsm(
  deps: StatusDeps,
  policy: WatchPolicy,
  signal: AbortSignal,
): Promise<HsmStatus> {
  try {
    const memory = await remember(deps, signal);
    const seen = await observe(deps, signal);
    const store = await checkStore(deps, memory.catalogue, signal);
    return conclude(deps, policy, memory, seen, store);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted || error.code === 'signed-out') throw error;
    const { code, message, reason, advice } = error;
    return {
      hsm: deps.keys.hsm,
      verdict: 'unknown',
      trouble: {
        code,
        message,
        ...definedOnly({ reason, advice }),
      },
    };
  }
}

async function remember(
  { state, keys, clock, auditStore, anchor, decisions }: StatusDeps,
  signal: AbortSignal,
): Promise<Memory> {
  const { hsm } = keys;
  const { watch, ignored, damaged } = await recallWatch(state, hsm, clock.now(), signal);
  const dated = await readDated(state, hsm, signal);
  const scan = await readScanTime(state, hsm, watch.lookedAt, signal);
  return {
    ...dated,
    doubts: { ...dated.doubts, ...definedOnly({ scan: scan.doubt }) },
    scannedAt: scan.value,
    catalogue: await readCatalogue(state, hsm, signal),
    watch,
    ignoredNotes: ignored,
    notedDamage: damaged,
    acknowledgements: await readAcknowledgements({ auditStore, anchor, decisions }, watch, signal),
  };
}

/** The status of an HSM from what was seen of it and its backups, and what is remembered. */
export function conclude(
  deps: Pick<StatusDeps, 'clock' | 'keys' | 'state'>,
  policy: WatchPolicy,
  memory: Memory,
  seen: Observation,
  store: StoreCheck,
): SeenStatus {
  const now = deps.clock.now();
  const { hsm } = deps.keys;
  const { catalogue, verify, lastRun, scannedAt, doubts } = memory;
  const unknown = Object.keys(doubts).length > 0;
  const contextOf = keyContexts(now, policy, memory, store);
  const active = [...seen.active.values()];
  const judged = active.map((key) => judgeActive(key, contextOf(key.name)));
  const deleted = [...seen.deleted.values()]
    .map((key) => judgeDeleted(key, contextOf(key.name)))
    .sort((a, b) => a.leftMs - b.leftMs);
  const losses = lostKeys(policy, memory, seen, store);
  const lostNames = new NameMap(losses.map(({ key }) => [key, true]));
  const unseen = Object.keys(catalogue.keys).filter(
    (name) => !seen.active.has(name) && !seen.deleted.has(name) && !store.missing.has(name),
  );
  const risks = [
    ...judged.filter(isRisk),
    ...deleted.flatMap((key) => riskOfDeleted(key) ?? []),
    ...unseen.filter((name) => !lostNames.has(name)).flatMap((name) => riskOfUnseen(name, contextOf(name))),
    ...settlingKeys(policy, memory, seen, store),
    ...(seen.odd ?? []).map(riskOfUnread),
    ...unjudgedKeys(memory.watch, seen),
    ...damagedKeys(withoutBackup({ hsm, now, policy }, memory.notedDamage, catalogue), losses, seen),
  ];
  const oldest = oldestBackup(active, catalogue);
  const { acknowledged, open: lost } = sortLosses(losses, memory.acknowledgements.byFinding);
  return {
    hsm,
    verdict: risks.length === 0 && lost.length === 0 ? 'safe' : 'at-risk',
    sealed: deps.state.points !== undefined && !unknown,
    active: active.length,
    covered: judged.filter((one) => one === 'covered').length,
    excluded: judged.filter((one) => one === 'excluded').length,
    risks,
    lost,
    acknowledged,
    deleted,
    restorable: unseen.filter((name) => !contextOf(name).damaged).length,
    ...definedOnly({ oldestBackupAt: oldest, scannedAt, lastRun }),
    ...(verify?.endedAt === undefined ? {} : { verifiedAt: verify.endedAt }),
    ...(unknown && { doubts }),
    warnings: [
      ...runWarnings(now, policy, memory),
      ...eventWarnings(openEvents(memory.watch)),
      ...hsmWarnings(policy, active),
      ...sealWarnings(store),
      ...noteWarnings(memory.ignoredNotes),
      ...[memory.acknowledgements.trouble ?? []].flat(),
    ],
  };
}

/** What each key is judged by, by its name. */
export function keyContexts(
  now: number,
  policy: WatchPolicy,
  { catalogue, verify, watch }: Pick<Memory, 'catalogue' | 'verify' | 'watch'>,
  store: StoreCheck,
): (name: string) => KeyContext {
  return (name) => {
    const entry = ownValue(catalogue.keys, name);
    const damaged = entry !== undefined && isDamaged(entry, verify, store);
    const missing = store.missing.has(name);
    const oldestVersion = ownValue(watch.keys, name)?.oldestVersion;
    return { now, policy, entry, damaged, missing, oldestVersion };
  };
}

/** Nobody knows whether a key that cannot be read is safe. */
function riskOfUnread({ name, error }: OddItem): KeyRisk {
  return { key: name ?? '(unnamed)', risk: 'unreadable', detail: error.message };
}

function isRisk(judgement: ActiveJudgement): judgement is KeyRisk {
  return typeof judgement !== 'string';
}

function oldestBackup(active: readonly ListedKey[], { keys }: Catalogue): number | undefined {
  const times = active.flatMap(({ name }) => ownValue(keys, name)?.record.capturedAt ?? []);
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}
