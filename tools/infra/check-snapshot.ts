/** Everything that is checked of one prediction: the rules of the deployment and its contract with the code. */
import { AUDIT_CONTAINER } from '../../src/adapters/audit/audit-names.ts';
import { BACKUP_CONTAINER, STATE_CONTAINER } from '../../src/adapters/blob/layout.ts';
import { APPS } from '../apps.ts';
import { checkFunctions, checkPlaces, checkSettings, checkTriggers } from './contract.ts';
import type { DeploymentPromise } from './promise.ts';
import { namesRegisteredBy, type RegisteredFunction, registeredBy } from './registered.ts';
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
    ...checkPlaces(snapshot, [BACKUP_CONTAINER, STATE_CONTAINER, AUDIT_CONTAINER]),
    ...APPS.flatMap(({ name, entry }) => [
      ...checkSettings(snapshot, name),
      ...checkFunctions(snapshot, name, namesRegisteredBy(entry)),
      ...checkTriggers(snapshot, name, registrations.get(name) ?? []),
    ]),
  ];
}
