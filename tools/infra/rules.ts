/** What every deployment must keep, whatever its parameters: pure functions from a prediction to what is wrong with it. */
import { checkEvents, checkFunctionApps, checkSecrets } from './rules-apps.ts';
import { checkGrants } from './rules-grants.ts';
import { checkBackupStorage, checkStorage } from './rules-storage.ts';
import type { Snapshot } from './snapshot.ts';

/** What a set of parameters promises. */
export interface DeploymentPromise {
  /** Whether everything is behind private endpoints. */
  readonly private: boolean;
  /** Whether the apps, too, are closed to the outside. */
  readonly privateApps: boolean;
  /** Whether the immutability is locked for good. */
  readonly locked: boolean;
}

/** Everything that is wrong, a sentence each, beginning with the name of the rule. */
export function violations(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  return [
    ...checkSecrets(snapshot),
    ...checkStorage(snapshot, promise),
    ...checkBackupStorage(snapshot, promise),
    ...checkFunctionApps(snapshot, promise),
    ...checkEvents(snapshot, promise),
    ...checkGrants(snapshot),
  ];
}
