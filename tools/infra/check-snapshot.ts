/** Everything that is checked of one prediction: the rules of the deployment and its contract with the code. */
import { CONTAINERS } from '../../src/platform/config/product-settings.ts';
import { FUNCTION_NAMES } from '../../src/platform/features.ts';
import { APPS } from '../apps.ts';
import { checkFunctions, checkPlaces, checkSettings, checkTriggers } from './contract.ts';
import type { DeploymentPromise } from './promise.ts';
import { type RegisteredFunction, registeredBy } from './registered.ts';
import { resolveSettings } from './resolve-settings.ts';
import { violations } from './rules/violations.ts';
import { appSettings, type Snapshot } from './snapshot.ts';
import { checkStatePaths } from './state-paths.ts';

/** What every app registers, by its name; asked once, since it takes a process for each. */
export type Registrations = ReadonlyMap<string, readonly RegisteredFunction[]>;

/** Starts every app with the settings of a prediction and notes what it registers. Throws when one does not start. */
export function registrationsWith(snapshot: Snapshot): Registrations {
  return new Map(
    APPS.map(({ name, entry }) => [name, registeredBy(entry, resolveSettings(appSettings(snapshot, name)))]),
  );
}

/** Everything that is wrong with a prediction, a sentence each. */
export function check(
  snapshot: Snapshot,
  promise: DeploymentPromise,
  registrations: Registrations,
): readonly string[] {
  return [
    ...violations(snapshot, promise),
    ...checkStatePaths(snapshot),
    ...checkPlaces(snapshot, Object.values(CONTAINERS)),
    ...APPS.flatMap(({ name }) => [
      ...checkSettings(snapshot, name),
      ...checkFunctions(snapshot, name, FUNCTION_NAMES[name]),
      ...checkTriggers(snapshot, name, registrations.get(name) ?? []),
    ]),
  ];
}
