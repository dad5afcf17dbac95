/** What every deployment must keep, whatever its parameters: pure functions from a prediction to what is wrong with it. */
import type { DeploymentPromise } from '../promise.ts';
import type { Snapshot } from '../snapshot.ts';
import { checkEvents, checkFunctionApps, checkSecrets } from './apps.ts';
import { checkGrants } from './grants.ts';
import { checkBackupStorage, checkStorage } from './storage.ts';

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
