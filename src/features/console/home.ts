/** The home page: is every key safe, and since when do we know? Made of stored summaries; no HSM is asked. */
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError } from '../../core/errors.ts';
import { isoTime } from '../../core/time.ts';
import { type Acknowledgement, acknowledgementsOf } from '../audit/acknowledgements.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { readLastRun } from '../backup/last-run.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { overallVerdict } from '../status/hsm-status.ts';
import type { SummaryHead } from '../status/summary-document.ts';
import { readVerification } from '../verify/verify-state.ts';
import type { Home, HomeHsm } from './model/home.ts';
import type { KnownSummary, Summaries } from './summaries.ts';

/** Lines of each kind on the page. */
const SHOWN = 20;

/** What the home page is made from. */
export interface HomeDeps {
  readonly store: CatalogueStore;
  readonly summaries: Summaries;
  readonly auditStore: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  /** Judges acknowledgements, where decisions are sealed. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
  readonly hsms: readonly string[];
}

/** One per process: it remembers which losses were acknowledged until the audit log grows. */
export class HomePage {
  readonly #deps: HomeDeps;
  readonly #acknowledged = new Map<
    string,
    { readonly at: string; readonly known: ReadonlyMap<string, Acknowledgement> }
  >();

  constructor(deps: HomeDeps) {
    this.#deps = deps;
  }

  /** What is known of each HSM; one that cannot be told of says why and hides no other. Fails with nothing but faults of ours. */
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
    const { store, summaries } = this.#deps;
    const [known, lastRun, verify] = await Promise.all([
      summaries.head(hsm),
      readLastRun(store, hsm),
      readVerification(store, hsm),
    ]);
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
    const { summary } = known;
    if (summary === undefined) return { ...unseen(hsm, known.why ?? 'Nothing is known of it.'), ...runs };
    const newDamage = Object.keys(verify?.damaged ?? {}).length - summary.damaged;
    const { acknowledged, trouble } = await this.#acknowledgements(summary);
    return {
      ...seen(known, summary, acknowledged, newDamage),
      ...runs,
      warnings: [...summary.warnings, ...(trouble === undefined ? [] : [trouble])],
    };
  }

  /** Until the log can be read every loss counts as one that nobody acknowledged. */
  async #acknowledgements({ hsm, lost }: SummaryHead) {
    const findings = lost.flatMap(({ key, finding }) =>
      finding === undefined ? [] : [{ id: finding, hsm, key }],
    );
    if (findings.length === 0) return { acknowledged: new Set<string>() };
    try {
      const { auditStore, anchor, decisions } = this.#deps;
      const at = `${(await anchor.read())?.hash} ${findings.map(({ id }) => id).join()}`;
      const before = this.#acknowledged.get(hsm);
      const known =
        before?.at === at ? before.known : await acknowledgementsOf(auditStore, anchor, findings, decisions);
      this.#acknowledged.set(hsm, { at, known });
      return { acknowledged: new Set(known.keys()) };
    } catch (error) {
      if (!isWardenError(error)) throw error;
      return {
        acknowledged: new Set<string>(),
        trouble: `Whether the losses were acknowledged cannot be told: ${error.message}`,
      };
    }
  }
}

function unseen(hsm: string, why: string, trouble?: HomeHsm['trouble']): HomeHsm {
  const nothing = { risks: [], lost: [], deleted: [], warnings: [] };
  return { hsm, verdict: 'unknown', why, sealed: false, ...nothing, ...definedOnly({ trouble }) };
}

function seen(
  { why, sealed }: KnownSummary<SummaryHead>,
  head: SummaryHead,
  acknowledged: ReadonlySet<string>,
  newDamage: number,
): HomeHsm {
  const { hsm, counts, judgedAt, staleAfter, risks, lost, deleted, oldestBackupAt } = head;
  const open = lost.filter(({ finding }) => finding === undefined || !acknowledged.has(finding));
  const known = lost.length - open.length;
  const isAtRisk = counts.risks > 0 || counts.lost - known > 0 || newDamage > 0;
  const news =
    newDamage > 0
      ? `The verification has found ${newDamage} damaged backup${newDamage === 1 ? '' : 's'} since the last scan.`
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

/** The one sentence. */
export function sentenceOf(
  hsms: readonly HomeHsm[],
): Pick<Home, 'verdict' | 'sentence' | 'sealed' | 'judgedAt'> {
  const verdict = overallVerdict(hsms);
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
    if (verdict === 'unknown') return 'It cannot be told whether every key is safe.';
    const safe = sealed ? 'Every key is safe' : 'Every key is safe (not sealed)';
    const deleted = total('deleted');
    return deleted === 0 ? `${safe}.` : `${safe}; ${counted(deleted, 'key')} soft-deleted.`;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
