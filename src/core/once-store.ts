/** What is written once and stays: marks that whoever rolls back everything else cannot roll back. */

/**
 * Small texts in the account whose blobs no app can rewrite. Any method may fail with the storage codes, and with the reason of `signal`.
 */
export interface OnceStore {
  /** The text that was first written under `name`, also where it was removed or replaced since; undefined when there never was one. */
  read(name: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Writes unless something was ever written there. Whether `text` is what stands there first: also when an answer was lost. */
  write(name: string, text: string, signal?: AbortSignal): Promise<boolean>;
  /** The names ever written that begin with `prefix`, sorted. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
}
