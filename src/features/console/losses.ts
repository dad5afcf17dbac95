/** Which of the losses that a summary names a person has acknowledged, by the audit log. */
import { isWardenError } from '../../core/errors.ts';
import { type Acknowledgement, acknowledgementsOf } from '../audit/acknowledgements.ts';
import type { DecisionLog } from '../audit/decision-lines.ts';
import type { SummaryHead } from '../status/summary-document.ts';

/** The acknowledgements by finding, and why they could not be read. */
interface Acknowledged {
  readonly byFinding: ReadonlyMap<string, Acknowledgement>;
  /** One sentence. */
  readonly trouble?: string;
}

/** One per process: it remembers what was acknowledged until the audit log grows. */
export class Losses {
  readonly #deps: DecisionLog;
  readonly #known = new Map<
    string,
    { readonly at: string; readonly byFinding: ReadonlyMap<string, Acknowledgement> }
  >();

  constructor(deps: DecisionLog) {
    this.#deps = deps;
  }

  /** The acknowledgements by finding. Until the log can be read every loss counts as one that nobody acknowledged. */
  async acknowledged({ hsm, lost }: Pick<SummaryHead, 'hsm' | 'lost'>): Promise<Acknowledged> {
    const findings = lost.flatMap(({ key, finding, noticedAt }) =>
      finding === undefined ? [] : [{ id: finding, hsm, key, noticedAt }],
    );
    if (findings.length === 0) return { byFinding: new Map() };
    try {
      const at = `${(await this.#deps.anchor.read())?.hash} ${findings.map(({ id }) => id).join()}`;
      const before = this.#known.get(hsm);
      if (before?.at === at) return before;
      const byFinding = await acknowledgementsOf(this.#deps, findings);
      this.#known.set(hsm, { at, byFinding });
      return { byFinding };
    } catch (error) {
      if (!isWardenError(error)) throw error;
      const trouble = `Whether the losses were acknowledged is not known: ${error.message}`;
      return { byFinding: new Map(), trouble };
    }
  }
}
