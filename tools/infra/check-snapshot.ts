/** Everything that is checked of one prediction: the rules of the deployment and its contract with the code. */
import { MAIN_APPS as APPS } from '../apps.ts';
import { checkFunctions, checkPlaces, checkSettings, checkTriggers } from './contract.ts';
import { PRODUCT_CONTAINERS, PRODUCT_FUNCTIONS, PRODUCT_QUEUES, settingsProblems } from './product.ts';
import type { DeploymentPromise } from './promise.ts';
import { type RegisteredFunction, registeredBy } from './registered.ts';
import { resolveSettings } from './resolve-settings.ts';
import { violations } from './rules/violations.ts';
import { appSettings, type Snapshot } from './snapshot.ts';
import { checkStatePaths } from './state-paths.ts';

/** What every app registers, by its name; asked once, since it takes a process. */
export type Registrations = ReadonlyMap<string, readonly RegisteredFunction[]>;

/** Starts every app with the settings of a prediction and notes what it registers. Throws when one does not start. */
export function registrationsWith(snapshot: Snapshot): Registrations {
  const answers = registeredBy(
    APPS.map(({ name, entry }) => ({ entry, settings: resolveSettings(appSettings(snapshot, name)) })),
  );
  return new Map(APPS.map(({ name }, index) => [name, answers[index] ?? []]));
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
    ...checkPlaces(snapshot, [...PRODUCT_CONTAINERS, ...PRODUCT_QUEUES]),
    ...APPS.flatMap(({ name }) => [
      ...checkSettings(snapshot, name),
      ...settingsProblems(resolveSettings(appSettings(snapshot, name))).map(
        (problem) => `settings: the ${name} app refuses to start: ${problem}`,
      ),
      ...checkFunctions(snapshot, name, PRODUCT_FUNCTIONS[name]),
      ...checkTriggers(snapshot, name, registrations.get(name) ?? []),
    ]),
  ];
}
