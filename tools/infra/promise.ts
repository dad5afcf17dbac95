/** What a set of parameters promises; the rules hold a prediction to it. */

/** What a set of parameters promises. */
export interface DeploymentPromise {
  /** Whether everything is behind private endpoints. */
  readonly private: boolean;
  /** Whether the apps, too, are closed to the outside. */
  readonly privateApps: boolean;
  /** Whether the immutability is locked for good. */
  readonly locked: boolean;
}
