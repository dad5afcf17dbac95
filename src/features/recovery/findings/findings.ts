/** Lost keys and restores past the app, and the word of a person who has taken note of one: until then every status says LOST. */
import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { readEach } from '../../../core/each-hsm.ts';
import { WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import {
  type Acknowledgement,
  acknowledgementEvent,
  acknowledgementsOf,
} from '../../audit/acknowledgements.ts';
import type { AuditAnchor, AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import type { CatalogueStore } from '../../recovery-points/catalogue.ts';
import { type LostFinding, lostFindings } from '../../watch/model/lost-findings.ts';
import { recallWatch } from '../../watch/model/noted-losses.ts';
import { type BreakGlassBody, breakGlassEvent } from '../model/break-glass.ts';
import type { Incidents } from './incidents.ts';

const Time = z.iso.datetime();

/** Identifier of a finding. */
export const FindingId = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 lower-case hex digits');

/** A finding as the API shows it. */
export const FindingView = z.strictObject({
  id: FindingId,
  hsm: z.string(),
  key: z.string(),
  lost: z.enum(['key', 'newest-version']).meta({
    description: 'What no backup brings back: the whole key, or its newest version',
  }),
  noticedAt: Time,
  acknowledged: z.strictObject({ by: z.string(), at: Time, reason: z.string() }).exactOptional(),
});
export type FindingView = z.infer<typeof FindingView>;

/** What the findings need. */
export interface FindingsDeps {
  readonly store: DocumentStore & Pick<CatalogueStore, 'notes'>;
  readonly audit: AuditLog;
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly decisions: DecisionSeals | undefined;
  readonly hsmNames: readonly string[];
  readonly incidents: Pick<Incidents, 'acknowledgeKey'>;
  readonly clock: Clock;
}

/** The lost keys of all HSMs. */
export class Findings {
  readonly #deps: FindingsDeps;

  constructor(deps: FindingsDeps) {
    this.#deps = deps;
  }

  /** All of them, acknowledged or not, by HSM and key. Fails with `state-corrupt` or a storage code. */
  async list(): Promise<readonly FindingView[]> {
    const { findings, failed } = await this.#all();
    // A list that is not whole must not look like one that is.
    for (const { error } of failed) throw error;
    const known = await this.#acknowledged(findings);
    return findings.map((finding) => viewOf(finding, known.get(finding.id)));
  }

  /**
   * Notes in the audit log that `by` has taken note of a finding, and of the incident about it, which is then not repeated;
   * what is acknowledged already stays as it is. Fails with `finding-unknown`, `state-corrupt`, `audit-corrupt`,
   * `seal-unavailable` or a storage code.
   */
  async acknowledge(id: string, by: Actor, reason: string): Promise<FindingView> {
    const { findings, failed } = await this.#all();
    const finding = findings.find((one) => one.id === id);
    // It may be of an HSM whose memory cannot be read.
    if (finding === undefined) throw failed[0]?.error ?? unknown(id);
    const before = (await this.#acknowledged([finding])).get(id);
    if (before === undefined) await this.#deps.audit.decide(acknowledgementEvent(finding, by, reason));
    await this.#deps.incidents.acknowledgeKey(finding.hsm, finding.key, by, reason);
    return viewOf(finding, before ?? (await this.#acknowledged([finding])).get(id));
  }

  /**
   * Notes that `by` restores keys past the app, on an HSM of the settings, as these spell it. Fails with `hsm-unknown`,
   * `audit-corrupt`, `seal-unavailable` or a storage code.
   */
  async noteBreakGlass(body: BreakGlassBody, by: Actor): Promise<void> {
    const { hsmNames, audit } = this.#deps;
    const hsm = hsmNames.find((name) => name.toLowerCase() === body.hsm.toLowerCase());
    if (hsm === undefined) throw unknownHsm(body.hsm);
    await audit.decide(breakGlassEvent({ ...body, hsm }, by));
  }

  #acknowledged(findings: readonly LostFinding[]): Promise<ReadonlyMap<string, Acknowledgement>> {
    return acknowledgementsOf(this.#deps, findings);
  }

  async #all() {
    const { hsmNames, store, clock } = this.#deps;
    const now = clock.now();
    const { read, failed } = await readEach(hsmNames, (hsm) => recallWatch(store, hsm, now));
    return { findings: read.flatMap(({ watch }) => lostFindings(watch)), failed };
  }
}

function viewOf(finding: LostFinding, acknowledgement: Acknowledgement | undefined): FindingView {
  const { by, at, reason } = acknowledgement ?? {};
  return {
    ...finding,
    noticedAt: isoTime(finding.noticedAt),
    ...(by === undefined || at === undefined || reason === undefined
      ? {}
      : { acknowledged: { by: by.name, at: isoTime(at), reason } }),
  };
}

function unknownHsm(hsm: string): WardenError {
  return new WardenError('hsm-unknown', {
    message: `No HSM ${hsm} is protected: a restore there is neither watched nor excused.`,
    advice: 'hsm-warden hsm list names the HSMs.',
    hsm,
  });
}

function unknown(id: string): WardenError {
  return new WardenError('finding-unknown', {
    message: `There is no finding ${id}: no scan has noted such a loss.`,
    advice: 'GET /api/findings lists them.',
  });
}
