/** What `status` says of HSMs that nobody protects, where HSMs are searched for. */
import { type FleetHsmView, readStates, viewOf } from '../../features/fleet/decide.ts';
import { readFleet } from '../../features/fleet/read-fleet.ts';
import type { Config } from '../../platform/config/config.ts';
import { namedIn } from '../../platform/config/with-added.ts';
import type { Store } from '../connect/compose-cli.ts';
import { type Connection, sameWorld } from '../connect/connection.ts';
import { counted } from '../connect/warden-options.ts';
import type { Paint } from '../frame/style.ts';

/** HSMs named in one line; `hsm list` has them all. */
const NAMED = 5;

/** HSMs that are not as they should be, and why that may not be all of them. */
export interface FleetFacts {
  readonly unprotected: readonly FleetHsmView[];
  readonly vanished: readonly FleetHsmView[];
  readonly doubt: string | null;
}

/** Reads one document, and the audit log where something is not protected. `null`: no HSM is searched for. Fails as {@link readFleet}. */
export async function fleetFacts(
  store: Pick<Store, 'state' | 'seals' | 'decided'>,
  config: Pick<Config, 'hsms' | 'fleet'>,
  now: number,
  signal: AbortSignal,
): Promise<FleetFacts | null> {
  if (config.fleet.scopes.length === 0) return null;
  const { fleet, doubt = null } = await readFleet(store.state, store.seals, now, signal);
  const all = (await readStates(store.decided, namedIn(config), fleet)).map(viewOf);
  return {
    unprotected: all.filter(({ state }) => state === 'found' || state === 'not-onboarded'),
    vanished: all.filter(({ state }) => state === 'vanished'),
    doubt,
  };
}

/** The lines about them. */
export function fleetLines(
  facts: FleetFacts | null | undefined,
  connection: Pick<Connection, 'world'>,
  paint: Paint,
): readonly string[] {
  if (facts === null || facts === undefined) return [];
  const names = (hsms: readonly FleetHsmView[]) =>
    `${hsms
      .slice(0, NAMED)
      .map(({ name }) => name)
      .join(', ')}${hsms.length > NAMED ? ', …' : ''}`;
  const { unprotected, vanished, doubt } = facts;
  const next = `    -> hsm-warden hsm list${sameWorld(connection)}`;
  return [
    ...(vanished.length === 0
      ? []
      : [`${paint('red', '!')} ${counted(vanished.length, 'HSM')} vanished: ${names(vanished)}`, next]),
    ...(unprotected.length === 0
      ? []
      : [
          `${paint('yellow', '*')} ${counted(unprotected.length, 'HSM')} found that nobody protects: ${names(unprotected)}`,
          next,
        ]),
    ...(doubt === null
      ? []
      : [`${paint('yellow', '*')} Whether every HSM is protected is not known: ${doubt}`]),
  ];
}
