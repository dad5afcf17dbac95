/** The fleet as people see it and decide on it, in the app whose decisions are sealed. */
import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { WardenError } from '../../core/errors.ts';
import { type Actor, isReserved } from '../../core/model/names.ts';
import type { Clock } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { DecisionReader } from './decision-reader.ts';
import { decisionEvent, type FleetDecision, unknownHsm } from './decisions.ts';
import { onboardingCommands } from './model/events.ts';
import type { KnownHsm } from './model/fleet-document.ts';
import { FLEET_STATES, type FleetHsm, fleetOf, isNamed, type NamedHsm } from './model/states.ts';
import type { KnownFleet } from './read-fleet.ts';
import { isHsmAddress } from './settings.ts';

const Time = z.iso.datetime();
/** A decision about an HSM, for people and programs. */
export const DecidedView = z.strictObject({
  by: z.string(),
  at: Time,
  reason: z.string(),
  line: z.int().meta({ description: 'The number of the line of the audit log that says so' }),
});

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
  excluded: DecidedView.exactOptional(),
  added: DecidedView.exactOptional().meta({ description: 'Who added it, where no setting names it' }),
  commands: z.array(z.string()).meta({ description: 'What to run so that it is protected, or excluded' }),
});
export type FleetHsmView = z.infer<typeof FleetHsmView>;

/** What a {@link FleetDesk} works with. */
export interface FleetDeps {
  readonly store: DocumentStore;
  readonly decided: Pick<DecisionReader, 'read'>;
  /** Whether decisions are sealed: only then an HSM is protected by one. */
  readonly areSealed: boolean;
  /** As in the settings of the discovery. */
  readonly hosts: string;
  /** Drill HSMs: keys are purged there, and none is protected. */
  readonly drills: readonly NamedHsm[];
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
   * no discovery has found, `seal-invalid` where the list cannot be believed, `request-invalid` for one that the settings name or that has
   * no address to protect it at, `audit-corrupt`, `seal-unavailable`, or a storage code. One that is added is protected within minutes,
   * where decisions are sealed; else the decision only takes back that it is excluded.
   */
  async decide(kind: FleetDecision['kind'], name: string, by: Actor, reason: string): Promise<FleetHsmView> {
    const { read, named, audit, decided } = this.#deps;
    const { fleet, unsealed } = await read();
    // Whoever made the list up chose which resource the name stands for.
    if (unsealed !== undefined) throw isUnsealed(unsealed);
    const isOne = (one: string) => one.toLowerCase() === name.toLowerCase();
    const all = await readStates(decided, named, fleet);
    const found = all.find((one) => isOne(one.name));
    const about = found && aboutOf(found);
    if (found === undefined || about === undefined) throw unknownHsm(name);
    if (named.some((one) => isOne(one.name))) throw isNamedAlready(name);
    if (found[kind] !== undefined) return viewOf(found);
    const address = kind === 'added' ? found.known && this.#addressOf(found.known) : found.url;
    if (kind === 'added' && address === undefined && found.excluded === undefined) return viewOf(found);
    await audit.decide(decisionEvent(kind, about, by, reason, address));
    const after = await readStates(decided, named, fleet);
    const isIt = ({ known }: FleetHsm) => known?.resource === about.resource;
    // One that no list has is nowhere any more, once it is excluded.
    return viewOf(after.find(isIt) ?? after.find((one) => isOne(one.name)) ?? { name, state: 'excluded' });
  }

  /** Where an HSM is to be protected; undefined where that is for the settings to say, and for one that is not there. */
  #addressOf({ name, resource, url, vanishedAt }: KnownHsm): string | undefined {
    const { areSealed, hosts, drills } = this.#deps;
    if (!areSealed || vanishedAt !== undefined) return undefined;
    if (isReserved(name)) throw isReservedName(name);
    if (isNamed({ resource, ...(url !== undefined && { url }) }, drills)) throw isDrillHsm(name);
    if (url !== undefined && isHsmAddress(url, { hosts })) return url;
    throw new WardenError('request-invalid', {
      message: `HSM ${name} cannot be protected at its address, ${url ?? 'none'}: no HSM of this cloud has it.`,
      advice: 'Add it again once hsm-warden hsm show has its address.',
      hsm: name,
    });
  }
}

/** The fleet by what is known and decided now. Fails with `seal-unavailable` or a storage code. */
export async function readStates(
  decided: Pick<DecisionReader, 'read'>,
  named: readonly NamedHsm[],
  fleet: KnownFleet['fleet'],
): Promise<readonly FleetHsm[]> {
  return fleetOf(named, fleet, await decided.read());
}

/** An HSM for people and programs. */
export function viewOf({ name, state, known, excluded, added }: FleetHsm): FleetHsmView {
  const isOpen = state === 'found' || state === 'not-onboarded';
  return {
    name,
    state,
    ...(known === undefined ? {} : factsOf(known)),
    ...(excluded !== undefined && { excluded: decidedView(excluded) }),
    ...(added !== undefined && { added: decidedView(added) }),
    commands: isOpen && known !== undefined ? [...onboardingCommands(known)] : [],
  };
}

/** What a decision is about. One that was added, and that no list has, is its address alone. */
function aboutOf({ name, known, url }: FleetHsm): Pick<KnownHsm, 'name' | 'resource'> | undefined {
  return known ?? (url === undefined ? undefined : { name, resource: url });
}

/** A decision as {@link DecidedView} has it. */
export function decidedView({ by, at, reason, seq }: FleetDecision): z.infer<typeof DecidedView> {
  return { by: by.name, at: isoTime(at), reason, line: seq };
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

function isReservedName(hsm: string): WardenError {
  return new WardenError('request-invalid', {
    message: `HSM ${hsm} cannot be protected by its name: other things than its backups are kept under that.`,
    advice: 'Name it otherwise in WARDEN_HSMS, with its address.',
    hsm,
  });
}

function isDrillHsm(hsm: string): WardenError {
  return new WardenError('request-invalid', {
    message: `HSM ${hsm} is a drill HSM: the drill app purges keys there, and none of its keys is protected.`,
    advice: 'Take it out of WARDEN_DRILL_HSMS first; or exclude it: hsm-warden hsm exclude.',
    hsm,
  });
}

function isNamedAlready(hsm: string): WardenError {
  return new WardenError('request-invalid', {
    message: `WARDEN_HSMS names HSM ${hsm}: it is protected, whatever is decided here.`,
    advice: 'Take it out of WARDEN_HSMS first.',
    hsm,
  });
}
