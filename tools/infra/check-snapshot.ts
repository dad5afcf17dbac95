/** Everything that is checked of one prediction: the rules of the deployment and its contract with the code. */
import { APPS } from '../apps.ts';
import { checkFunctions, checkPlaces, checkSettings, checkTriggers } from './contract.ts';
import { PRODUCT_CONTAINERS, PRODUCT_FUNCTIONS, PRODUCT_QUEUES, settingsProblems } from './product.ts';
import type { DeploymentPromise } from './promise.ts';
import { type RegisteredFunction, registeredBy } from './registered.ts';
import { violations } from './rules/violations.ts';
import { appSettings, type Snapshot } from './snapshot.ts';
import { checkStatePaths } from './state-paths.ts';

/** What every app registers, by its name; asked once, since it takes a process. */
export type Registrations = ReadonlyMap<string, readonly RegisteredFunction[]>;

/**
 * Starts every app with the settings of a prediction that has all of them, the drill app included, and notes what it registers.
 * Throws when one does not start.
 */
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
  const apps = APPS.filter(({ name }) => name !== 'drill' || promise.drills.length > 0);
  return [
    ...violations(snapshot, promise),
    ...checkStatePaths(snapshot),
    ...checkPlaces(snapshot, [...PRODUCT_CONTAINERS, ...PRODUCT_QUEUES]),
    ...apps.flatMap(({ name }) => [
      ...checkSettings(snapshot, name),
      ...settingsProblems(resolveSettings(appSettings(snapshot, name))).map(
        (problem) => `settings: the ${name} app refuses to start: ${problem}`,
      ),
      ...checkFunctions(snapshot, name, PRODUCT_FUNCTIONS[name]),
      ...checkTriggers(snapshot, name, registrations.get(name) ?? []),
    ]),
  ];
}

/** Stands for an identity that only Azure can name. */
const CLIENT_ID = '44444444-4444-4444-8444-444444444444';
/** Stands for a secret that the platform reads from a vault. */
const WEBHOOK_SECRETS = JSON.stringify({ alerts: [`whsec_${'A'.repeat(32)}`] });

/**
 * Evaluates what the deployment computes from names, and puts believable values where only Azure knows the true ones.
 * Throws for an expression it does not understand, so that none reaches an app as text.
 */
function resolveSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => name.startsWith('WARDEN_'))
      .map(([name, value]) => [name, resolve(name, value)]),
  );
}

function resolve(name: string, value: string): string {
  if (value.startsWith('@Microsoft.KeyVault('))
    return name === 'WARDEN_NOTIFY_SECRETS' ? '{}' : WEBHOOK_SECRETS;
  if (value === 'tenant().tenantId') return CLIENT_ID;
  if (value.includes('.defaultHostName')) return 'https://func-warden-recovery.azurewebsites.net';
  if (!/(^\[[a-z])|\bref\(/.test(value)) return value;
  if (value.endsWith('.clientId') || value.endsWith('.principalId')) return CLIENT_ID;
  if (value.endsWith('.endpoint')) return 'https://warden.westeurope-1.eventgrid.azure.net/api/events';
  throw new Error(`${name} is an expression that cannot be evaluated here: ${value}`);
}
