/** Open incidents that people are reminded of, and the word of a person who has taken note of one: then it is not repeated. */
import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { readDocument, updateDocument } from '../../../core/documents/update-document.ts';
import { readEach } from '../../../core/each-hsm.ts';
import { WardenError } from '../../../core/errors.ts';
import { SEVERITIES, Severity } from '../../../core/events/severity.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import { type DecisionSeals, judgeOf } from '../../audit/line-seals.ts';
import {
  ACKNOWLEDGED,
  type AcknowledgedIncidents,
  acknowledgementFacts,
  acknowledgementOf,
  believed,
  standOf,
  withAcknowledgement,
} from '../../notify/model/acknowledged.ts';
import { INCIDENTS, PRODUCT_SCOPE, scopeOf, type Thread } from '../../notify/model/incident-state.ts';
import { referenceOf } from '../../notify/model/message.ts';

/** Identifier of an incident: of its thread of messages. */
export const IncidentId = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 lower-case hex digits');

/** An incident as the API shows it. */
export const IncidentView = z.strictObject({
  id: IncidentId,
  reference: z.string().meta({ description: 'As messages call it' }),
  kind: z.string(),
  hsm: z.string().exactOptional(),
  severity: Severity,
  what: z.string(),
  subjects: z.int().positive().meta({ description: 'How many keys or conditions are still open in it' }),
  since: z.iso.datetime(),
  acknowledged: z.strictObject({ by: z.string(), at: z.iso.datetime(), reason: z.string() }).exactOptional(),
});
export type IncidentView = z.infer<typeof IncidentView>;

/** What the incidents need. */
export interface IncidentsDeps {
  readonly store: DocumentStore;
  readonly audit: Pick<AuditLog, 'decide'>;
  readonly clock: Clock;
  readonly hsmNames: readonly string[];
  /** HSMs for drills: what is wrong with drills is an incident of theirs. */
  readonly drillHsms?: readonly string[] | undefined;
  /** Where decisions are sealed. */
  readonly decisions?: DecisionSeals | undefined;
}

/** The incidents of all HSMs, those for drills among them, and of the product itself. */
export class Incidents {
  readonly #deps: IncidentsDeps;

  constructor(deps: IncidentsDeps) {
    this.#deps = deps;
  }

  /** Those that last, oldest first. Fails with `state-corrupt`, `seal-unavailable` or a storage code. */
  async list(): Promise<readonly IncidentView[]> {
    const [{ threads, failed }, known] = await Promise.all([this.#lasting(), this.#known()]);
    // A list that is not whole must not look like one that is.
    for (const { error } of failed) throw error;
    return threads.map((thread) => viewOf(thread, known));
  }

  /**
   * Notes in the audit log, then for the app that sends, that `by` has taken note of an incident as it stands; one that is
   * acknowledged already stays as it is. Killed in between, the same call goes on. Fails with `finding-unknown`,
   * `state-corrupt`, `audit-corrupt`, `seal-unavailable` or a storage code.
   */
  async acknowledge(id: string, by: Actor, reason: string): Promise<IncidentView> {
    const { threads, failed } = await this.#lasting();
    const thread = threads.find((one) => one.id === id);
    // It may be of an HSM whose incidents cannot be read.
    if (thread === undefined) throw failed[0]?.error ?? unknown(id);
    return this.#note(thread, by, reason);
  }

  /** Does so for the incident of a deleted key, where that is about no other key. */
  async acknowledgeKey(hsm: string, key: string, by: Actor, reason: string): Promise<void> {
    const subject = key.toLowerCase();
    const isAbout = ({ family, hsm: of, members }: Thread) =>
      family === 'deleted-key' &&
      of === hsm &&
      Object.entries(members).every(([name, { state }]) => state !== 'open' || name === subject);
    const { threads, failed } = await this.#lasting();
    const own = failed.find(({ name }) => name === scopeOf(hsm));
    if (own !== undefined) throw own.error;
    for (const thread of threads.filter(isAbout)) await this.#note(thread, by, reason);
  }

  async #note(thread: Thread, by: Actor, reason: string): Promise<IncidentView> {
    const { audit, store, clock, decisions } = this.#deps;
    const before = await this.#known();
    if (acknowledgementOf(before, thread) !== undefined) return viewOf(thread, before);
    await audit.decide({
      event: 'incident-acknowledged',
      actor: by,
      decision: 'allowed',
      factId: `${thread.id}/${standOf(thread)}`,
      ...definedOnly({ hsm: thread.hsm }),
      detail: reason,
    });
    const said = { thread: thread.id, stand: standOf(thread), at: clock.now(), by: by.name, reason };
    const seal = await decisions?.seal(acknowledgementFacts(said));
    const one = { ...said, ...definedOnly({ seal }) };
    const address = { kind: 'notify-acknowledged' } as const;
    const { after } = await updateDocument(store, ACKNOWLEDGED, address, (known) =>
      withAcknowledgement(known, one),
    );
    return viewOf(thread, believed(after.value, await judgeOf(decisions)));
  }

  async #known(): Promise<AcknowledgedIncidents | undefined> {
    const { store, decisions } = this.#deps;
    const { value } = await readDocument(store, ACKNOWLEDGED, { kind: 'notify-acknowledged' });
    return believed(value, await judgeOf(decisions));
  }

  async #lasting() {
    const { store, hsmNames, drillHsms = [] } = this.#deps;
    const scopes = [PRODUCT_SCOPE, ...[...hsmNames, ...drillHsms].map((hsm) => scopeOf(hsm))];
    const { read, failed } = await readEach(scopes, (scope) =>
      readDocument(store, INCIDENTS, { kind: 'notify-incidents', scope }),
    );
    const threads = read
      .flatMap(({ value }) => Object.values(value?.threads ?? {}))
      .filter(
        ({ closedAt, members }) =>
          closedAt === undefined &&
          Object.values(members).some(({ state, lasting }) => state === 'open' && lasting),
      )
      .sort((a, b) => a.openedAt - b.openedAt);
    return { threads, failed };
  }
}

function viewOf(thread: Thread, known: AcknowledgedIncidents | undefined): IncidentView {
  const { id, family, hsm, openedAt, members } = thread;
  const open = Object.values(members)
    .filter(({ state }) => state === 'open')
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const [first] = open;
  const { by, at, reason } = acknowledgementOf(known, thread) ?? {};
  return {
    id,
    reference: referenceOf(id),
    kind: family,
    ...definedOnly({ hsm }),
    severity: first?.severity ?? 'info',
    what: first?.saying.what ?? '',
    subjects: open.length,
    since: isoTime(openedAt),
    ...(by === undefined || at === undefined || reason === undefined
      ? {}
      : { acknowledged: { by, at: isoTime(at), reason } }),
  };
}

function unknown(id: string): WardenError {
  return new WardenError('finding-unknown', {
    message: `There is no open incident ${id}: it is over, or never was.`,
    advice: 'GET /api/incidents lists them.',
  });
}
