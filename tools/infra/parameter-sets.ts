/** The sets of parameters that are checked, and what each promises. */
import type { DeploymentPromise } from './promise.ts';

/** Name of the file in infra/tests, and the promise. */
export const PARAMETER_SETS: Readonly<Record<string, DeploymentPromise>> = {
  defaults: { private: true, privateApps: false, locked: false },
  max: { private: false, privateApps: false, locked: false },
  hardened: { private: true, privateApps: true, locked: true },
};
