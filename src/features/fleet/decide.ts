/** The fleet as people see it and decide on it, in the app whose decisions are sealed. */
import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { WardenError } from '../../core/errors.ts';
import type { Actor } from '../../core/model/names.ts';
import type { Clock } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { DecisionLog } from '../audit/decision-lines.ts';
import { decisionEvent, type FleetDecision, fleetDecisions, unknownHsm } from './decisions.ts';
import { onboardingCommands } from './model/events.ts';
import { idOf } from './model/fold.ts';
import { FLEET_STATES, type FleetHsm, fleetOf, type NamedHsm } from './model/states.ts';
import type { KnownFleet } from './read-fleet.ts';

const Time = z.iso.datetime();

/** An HSM as the API and the command line show it. */
export const FleetHsmView = z.strictObject({
  name: z.string(),
  state: z.enum(FLEET_STATES),
  resource: z.string().exactOptional(),
  url: z.string().exactOptional(),
  location: z.string().exactOptional(),
  firstSeenAt: Time.exactOptional(),
  lastSeenAt: Time.exactOptional(),
  vanishedAt: Time.exactOptional(),
  role: z.enum(['works', 'missing', 'unknown']).exactOptional(),
  why: z
    .string()
    .exactOptional()
    .meta({ description: 'Why the right of the backup app is not known to work' }),
  excluded: z.strictObject({ by: z.string(), at: Time, reason: z.string() }).exactOptional(),
  commands: z.array(z.string()).meta({ description: 'What to run so that it is protected, or excluded' }),
});
export type FleetHsmView = z.infer<typeof FleetHsmView>;

/** What a {@link FleetDesk} works with. */
export interface FleetDeps extends DecisionLog {
  readonly store: DocumentStore;
  readonly audit: Pick<AuditLog, 'decide'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly named: readonly NamedHsm[];
  readonly read: () => Promise<KnownFleet>;
}

/** Lists the fleet, and takes decisions. */
export class FleetDesk {
  readonly #deps: FleetDeps;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
  }

  /**
   * Notes in the audit log that an HSM which was found need not be protected, or is to be after all. Fails with `hsm-unknown` for one that
   * no discovery has found, `seal-invalid` where the list cannot be believed, `request-invalid` for one that the settings name, `audit-corrupt`, `seal-unavailable`, or a storage code.
   */
  async decide(kind: FleetDecision['kind'], name: string, by: Actor, reason: string): Promise<FleetHsmView> {
    const { read, named, audit } = this.#deps;
    const { fleet, unsealed } = await read();
    // Whoever made the list up chose which resource the name stands for.
    if (unsealed !== undefined) throw isUnsealed(unsealed);
    const isOne = (one: string) => one.toLowerCase() === name.toLowerCase();
    const all = await readStates(this.#deps, named, fleet);
    const found = all.find((one) => isOne(one.name));
    if (found?.known === undefined) throw unknownHsm(name);
    if (named.some((one) => isOne(one.name))) throw isNamedAlready(name);
    if (found.excluded === undefined && kind === 'added') return viewOf(found);
    if (found.excluded !== undefined && kind === 'excluded') return viewOf(found);
    await audit.decide(decisionEvent(kind, found.known, by, reason));
    const after = await readStates(this.#deps, named, fleet);
    return viewOf(after.find((one) => isOne(one.name)) ?? found);
  }
}

/** The fleet by what is known and decided now. Fails with `seal-unavailable` or a storage code. */
export async function readStates(
  log: DecisionLog,
  named: readonly NamedHsm[],
  fleet: KnownFleet['fleet'],
): Promise<readonly FleetHsm[]> {
  return fleetOf(named, fleet, await fleetDecisions(log, (fleet?.hsms ?? []).map(idOf)));
}

/** An HSM for people and programs. */
export function viewOf({ name, state, known, excluded }: FleetHsm): FleetHsmView {
  const isOpen = state === 'found' || state === 'not-onboarded';
  return {
    name,
    state,
    ...(known === undefined ? {} : factsOf(known)),
    ...(excluded !== undefined && {
      excluded: { by: excluded.by.name, at: isoTime(excluded.at), reason: excluded.reason },
    }),
    commands: isOpen && known !== undefined ? [...onboardingCommands(known)] : [],
  };
}

function factsOf(known: NonNullable<FleetHsm['known']>) {
  const { resource, url, location, firstSeenAt, lastSeenAt, vanishedAt, role, why } = known;
  return {
    resource,
    ...(url !== undefined && { url }),
    ...(location !== undefined && { location }),
    firstSeenAt: isoTime(firstSeenAt),
    lastSeenAt: isoTime(lastSeenAt),
    ...(vanishedAt !== undefined && { vanishedAt: isoTime(vanishedAt) }),
    ...(role !== undefined && { role }),
    ...(why !== undefined && { why }),
  };
}

function isUnsealed(message: string): WardenError {
  return new WardenError('seal-invalid', {
    message,
    advice: 'Nothing was decided. The next discovery makes a new list; find out who changed this one.',
  });
}

function isNamedAlready(hsm: string): WardenError {
  return new WardenError('request-invalid', {
    message: `WARDEN_HSMS names HSM ${hsm}: it is protected, whatever is decided here.`,
    advice: 'Take it out of WARDEN_HSMS first.',
    hsm,
  });
}
