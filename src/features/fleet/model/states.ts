/** How each HSM of the fleet stands: by the settings, by what discoveries saw, and by what people decided. Pure. */
import { hsmHost } from '../../../core/model/hsm-address.ts';
import { HsmName, isReserved } from '../../../core/model/names.ts';
import type { AddedHsm, FleetDecision, FleetDecisions } from '../decisions.ts';
import type { FleetDocument, KnownHsm } from './fleet-document.ts';
import { idOf } from './fold.ts';

/**
 * `protected`: WARDEN_HSMS names it, or people added it. `not-onboarded`: found, and the backup app has no right on its keys. `found`: found, and that right
 * works or could not be asked for. `excluded`: people decided that it is not protected. `vanished`: whole lists do not have it any more.
 */
export const FLEET_STATES = ['protected', 'found', 'not-onboarded', 'excluded', 'vanished'] as const;
type FleetState = (typeof FLEET_STATES)[number];

/** An HSM of the settings. */
export interface NamedHsm {
  readonly name: string;
  readonly url: string;
  readonly resource: string;
}

/** An HSM with its state. */
export interface FleetHsm {
  readonly name: string;
  readonly state: FleetState;
  /** What a discovery knows of it; absent where none has seen it. */
  readonly known?: KnownHsm;
  /** Why nobody need protect it. */
  readonly excluded?: FleetDecision;
  /** Why it is protected though no setting names it, and at which address. */
  readonly added?: FleetDecision;
  readonly url?: string;
}

/** The fleet, by name. What the settings name cannot be excluded: who does not want it protected takes it out of them. */
export function fleetOf(
  named: readonly NamedHsm[],
  fleet: Pick<FleetDocument, 'hsms'> | undefined,
  decided: FleetDecisions,
): readonly FleetHsm[] {
  const all = fleet?.hsms ?? [];
  const added = addedTo(named, decided.added);
  const own = named.map((hsm): FleetHsm => {
    const known = knownOf(hsm, all);
    const state = known?.vanishedAt === undefined ? 'protected' : 'vanished';
    return { name: hsm.name, state, ...(known !== undefined && { known }) };
  });
  const joined = added.map(({ name, url, decision }): FleetHsm => {
    const known = knownOf({ name, url, resource: url }, all);
    const state = known === undefined ? 'found' : stateOf(known);
    return {
      name,
      // One that does not answer is watched all the same, and that says so; one without the right is not backed up.
      state: state === 'found' ? 'protected' : state,
      ...(known !== undefined && { known }),
      added: decision,
      url,
    };
  });
  const taken = [...named, ...added.map((hsm) => ({ ...hsm, resource: hsm.url }))];
  const others = all
    .filter((one) => !isNamed(one, taken))
    .map((known): FleetHsm => {
      const decision = decided.on(idOf(known));
      if (decision?.kind === 'excluded')
        return { name: known.name, state: 'excluded', known, excluded: decision };
      return { name: known.name, state: stateOf(known), known };
    });
  return [...own, ...joined, ...others].sort(byName);
}

/**
 * Those of the HSMs that people added which the settings do not name: these say more, and cannot be taken back by a decision. Of two with one
 * name it is the one that was added first: its backups are kept under that name. None by a name that no backups can be kept under.
 */
export function addedTo(named: readonly NamedHsm[], added: readonly AddedHsm[]): readonly AddedHsm[] {
  const taken = new Set(named.map(({ name }) => name.toLowerCase()));
  return added.filter(({ name, url }) => {
    if (!HsmName.safeParse(name).success || isReserved(name)) return false;
    if (taken.has(name.toLowerCase()) || isNamed({ resource: url, url }, named)) return false;
    taken.add(name.toLowerCase());
    return true;
  });
}

/** Of one that was made again under its name the one that is there counts. */
function knownOf(hsm: NamedHsm, all: readonly KnownHsm[]): KnownHsm | undefined {
  return all.filter((one) => isNamed(one, [hsm])).sort(byPresence)[0];
}

/** Whether the settings name an HSM: by its resource id, or by the address of any of its regions. */
export function isNamed(hsm: Pick<KnownHsm, 'resource' | 'url'>, named: readonly NamedHsm[]): boolean {
  const host = hsm.url !== undefined && URL.canParse(hsm.url) ? hsmHost(hsm.url) : undefined;
  return named.some(
    ({ url, resource }) =>
      resource.toLowerCase() === idOf(hsm) || (host !== undefined && hsmHost(url) === host),
  );
}

/** Of one that was made again the one that is there comes first: it is meant by the name. */
function byName(a: FleetHsm, b: FleetHsm): number {
  return (
    a.name.localeCompare(b.name, 'en') || Number(a.state === 'vanished') - Number(b.state === 'vanished')
  );
}

function byPresence(a: KnownHsm, b: KnownHsm): number {
  return Number(a.vanishedAt !== undefined) - Number(b.vanishedAt !== undefined);
}

function stateOf({ vanishedAt, role }: KnownHsm): FleetState {
  if (vanishedAt !== undefined) return 'vanished';
  return role === 'missing' ? 'not-onboarded' : 'found';
}
