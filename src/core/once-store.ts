/** What is written once and stays: marks that whoever rolls back everything else cannot roll back. */

/**
 * Small texts in the account whose blobs no app can rewrite. Any method may fail with the storage codes.
 */
export interface OnceStore {
  /** The text that was first written under `name`, also where it was removed or replaced since; undefined when there never was one. */
  read(name: string): Promise<string | undefined>;
  /** Writes unless something was ever written there. Whether `text` is what stands there first: also when an answer was lost. */
  write(name: string, text: string): Promise<boolean>;
  /** The names ever written that begin with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}
