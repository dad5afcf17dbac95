/** What a drill needs from the HSM that it restores into, and from Azure about it. */
import type { KeyDetail } from '../../core/model/key.ts';
import type { BackupPins, BackupStore, KeyService } from '../../core/ports.ts';

/** A value that a key is asked to decrypt or unwrap; bytes are base64url. */
export interface Sealed {
  readonly operation: 'decrypt' | 'unwrapKey';
  readonly algorithm: string;
  readonly value: string;
  readonly iv?: string;
  readonly tag?: string;
  readonly aad?: string;
}

/**
 * An HSM used for nothing but drills. Each call is one attempt. Every method may fail with the `hsm-` codes of {@link KeyService}.
 * What it deletes and purges is a copy: no other adapter of an app can do that, and this one is made for drill HSMs only.
 */
export interface DrillHsm {
  /** Its name in the settings. */
  readonly name: string;
  readonly keys: Pick<
    KeyService,
    'hsm' | 'listKeys' | 'listDeletedKeys' | 'listVersions' | 'getKey' | 'restoreKey'
  >;
  /** Signs a digest (base64url) with a version. Fails with `hsm-forbidden` or `hsm-refused` where the key may not. */
  sign(
    key: Pick<KeyDetail, 'name' | 'version'>,
    algorithm: string,
    digest: string,
    signal?: AbortSignal,
  ): Promise<string>;
  /** What `sealed` holds, base64url. Fails with `hsm-refused` for another key's. */
  open(key: Pick<KeyDetail, 'name' | 'version'>, sealed: Sealed, signal?: AbortSignal): Promise<string>;
  /** Deletes a key; one that is gone is no failure. */
  deleteKey(name: string, signal?: AbortSignal): Promise<void>;
  /** Purges a soft-deleted key; one that is gone is no failure. */
  purgeKey(name: string, signal?: AbortSignal): Promise<void>;
}

/** A container that holds the wrong recovery points of a trial and nothing else. Every adapter passes test/contract/fault-container.ts. */
export interface FaultContainer {
  readonly backups: BackupStore & BackupPins;
  /** Removes everything in it. Fails with the storage codes. */
  clear(signal?: AbortSignal): Promise<void>;
}

/** What Azure Resource Manager says of an HSM. */
export interface HsmProperties {
  /** Its resource id. */
  readonly id: string;
  readonly uri: string;
  /** `unknown` where it is not said: it cannot be undone, so nothing may be assumed. */
  readonly purgeProtection: boolean | 'unknown';
  /** Regions it was extended to. */
  readonly regions: readonly string[];
}

/** Reads the properties of one HSM; `unreadable` says why where that fails. */
export type ReadProperties = (
  signal?: AbortSignal,
) => Promise<
  | { readonly kind: 'ok'; readonly value: HsmProperties }
  | { readonly kind: 'unreadable'; readonly why: string }
>;
