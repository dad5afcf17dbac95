/** The home page: is every key safe, and since when do we know? Made of stored summaries; no HSM is asked. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { overallVerdict } from '../status/hsm-status.ts';
import { newDamage } from '../status/known-damage.ts';
import { readDated } from '../status/read-dated.ts';
import type { SummaryHead } from '../status/summary-document.ts';
import { runWarnings } from '../status/warnings.ts';
import type { Losses } from './losses.ts';
import type { NightPolicy } from './missing-runs.ts';
import type { Home, HomeHsm } from './model/home.ts';
import type { KnownSummary, Summaries } from './summaries.ts';

/** Lines of each kind on the page. */
const SHOWN = 20;

/** What the home page is made from. */
export interface HomeDeps {
  readonly store: CatalogueStore;
  readonly summaries: Summaries;
  readonly losses: Pick<Losses, 'acknowledged'>;
  readonly hsms: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  readonly nights: NightPolicy;
}

/** The page. */
export class HomePage {
  readonly #deps: HomeDeps;

  constructor(deps: HomeDeps) {
    this.#deps = deps;
  }

  /** What is known of each HSM; one that nothing is known of says why and hides no other. Fails with nothing but faults of ours. */
  async hsms(): Promise<HomeHsm[]> {
    return Promise.all(
      this.#deps.hsms.map((hsm) =>
        this.#hsm(hsm).catch((error: unknown) => {
          if (!isWardenError(error)) throw error;
          const { code, message, advice } = error;
          return unseen(hsm, message, { code, message, ...definedOnly({ advice }) });
        }),
      ),
    );
  }

  async #hsm(hsm: string): Promise<HomeHsm> {
    const { store, summaries, losses, clock, nights } = this.#deps;
    const [known, dated] = await Promise.all([summaries.head(hsm), readDated(store, hsm)]);
    const { lastRun, verify, doubts } = dated;
    const runs = {
      ...(lastRun === undefined
        ? {}
        : {
            lastRun: {
              runId: lastRun.runId,
              state: lastRun.state,
              startedAt: isoTime(lastRun.startedAt),
              endedAt: isoTime(lastRun.endedAt),
            },
          }),
      ...(verify?.endedAt === undefined ? {} : { verifiedAt: isoTime(verify.endedAt) }),
    };
    const warnings = [
      ...runWarnings(clock.now(), nights, dated),
      ...(await summaries.watches.of(hsm)).warnings,
    ];
    const { summary } = known;
    if (summary === undefined)
      return { ...unseen(hsm, known.why ?? 'Nothing is known of it.'), ...runs, warnings };
    const { byFinding, trouble } = await losses.acknowledged(summary);
    const of = seen(known, summary, byFinding, newDamage(summary, verify));
    return {
      ...of,
      ...runs,
      sealed: of.sealed && Object.keys(doubts).length === 0,
      warnings: [...summary.warnings, ...warnings, ...(trouble === undefined ? [] : [trouble])],
    };
  }
}

function unseen(hsm: string, why: string, trouble?: HomeHsm['trouble']): HomeHsm {
  const nothing = { risks: [], lost: [], deleted: [], warnings: [] };
  return { hsm, verdict: 'unknown', why, sealed: false, ...nothing, ...definedOnly({ trouble }) };
}

function seen(
  { why, sealed }: KnownSummary<SummaryHead>,
  head: SummaryHead,
  acknowledged: ReadonlyMap<string, unknown>,
  found: number,
): HomeHsm {
  const { hsm, counts, judgedAt, staleAfter, risks, lost, deleted, oldestBackupAt, drills } = head;
  const open = lost.filter(({ finding }) => finding === undefined || !acknowledged.has(finding));
  const known = lost.length - open.length;
  const isAtRisk = counts.risks > 0 || counts.lost - known > 0 || found > 0;
  const news =
    found > 0
      ? `The verification has found ${counted(found, 'damaged backup')} since the last scan.`
      : undefined;
  const reasons = [news ?? [], why ?? []].flat().join(' ');
  return {
    hsm,
    // What is known to be wrong stays wrong; what was right may not be any more.
    verdict: isAtRisk ? 'at-risk' : why === undefined ? 'safe' : 'unknown',
    sealed,
    ...(reasons === '' ? {} : { why: reasons }),
    judgedAt: isoTime(judgedAt),
    scannedAt: isoTime(judgedAt),
    staleAfter: isoTime(staleAfter),
    counts: { ...counts, lost: counts.lost - known, acknowledged: known },
    ...(oldestBackupAt === undefined ? {} : { oldestBackupAt: isoTime(oldestBackupAt) }),
    ...(drills?.lastAt === undefined ? {} : { drilledAt: isoTime(drills.lastAt) }),
    ...(drills === undefined ? {} : { drills: countsOf(drills) }),
    risks,
    lost: open.slice(0, SHOWN).map(({ noticedAt, ...one }) => ({
      ...one,
      ...(noticedAt === undefined ? {} : { noticedAt: isoTime(noticedAt) }),
    })),
    deleted: deleted.map((one) => ({
      ...one,
      deletedAt: isoTime(one.deletedAt),
      purgeAt: isoTime(one.purgeAt),
    })),
    warnings: [],
  };
}

function countsOf({ lastAt: _last, oldestProofAt: _oldest, ...counts }: NonNullable<SummaryHead['drills']>) {
  return counts;
}

/** The one sentence. */
export function sentenceOf(
  hsms: readonly HomeHsm[],
  fleetDoubt?: string,
): Pick<Home, 'verdict' | 'sentence' | 'sealed' | 'judgedAt'> {
  const known = overallVerdict(hsms);
  // Of an HSM that is not known nobody knows that its keys are safe.
  const verdict = known === 'safe' && fleetDoubt !== undefined ? 'unknown' : known;
  const sealed = hsms.every((one) => one.sealed);
  const judged = hsms.flatMap(({ judgedAt }) => judgedAt ?? []).sort();
  const [judgedAt] = judged.length === hsms.length ? judged : [];
  const total = (count: 'lost' | 'risks' | 'deleted') =>
    hsms.reduce((sum, { counts }) => sum + (counts?.[count] ?? 0), 0);
  return { verdict, sentence: wordsOf(), sealed, ...definedOnly({ judgedAt }) };

  function wordsOf(): string {
    const lost = total('lost');
    if (lost > 0) return `${counted(lost, 'key')} LOST. Not every key is safe.`;
    if (verdict === 'at-risk') {
      const risks = total('risks');
      return risks === 0
        ? 'Not every key is safe.'
        : `${counted(risks, 'key')} at risk. Not every key is safe.`;
    }
    if (verdict === 'unknown') return 'It is not known whether every key is safe.';
    const safe = sealed ? 'Every key is safe' : 'Every key is safe (not sealed)';
    const deleted = total('deleted');
    return deleted === 0 ? `${safe}.` : `${safe}; ${counted(deleted, 'key')} soft-deleted.`;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
