/** What the product knows of a key of a Managed HSM: the terms of the service, with times as epoch milliseconds. */
import type { PublicKey } from './public-key.ts';

/** Attributes of a key or of one of its versions. Times are epoch milliseconds (the service counts whole seconds). */
export interface KeyAttributes {
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly notBefore?: number;
  readonly expiresAt?: number;
  readonly exportable?: boolean;
  /** E.g. `CustomizedRecoverable+Purgeable`; without `+Purgeable` the HSM has purge protection. */
  readonly recoveryLevel?: string;
  /** Days between deletion and purge, 7 to 90. */
  readonly recoverableDays?: number;
}

/** One item of the list of keys. It carries no version id; its attributes are those of the newest version. */
export interface ListedKey {
  readonly name: string;
  readonly attributes: KeyAttributes;
  readonly tags: Readonly<Record<string, string>>;
  /** Made and rotated by another Azure service; such a key cannot be backed up by its own name. */
  readonly managed: boolean;
}

/** One item of the list of soft-deleted keys. */
export interface ListedDeletedKey extends ListedKey {
  readonly deletedAt: number;
  readonly scheduledPurgeAt: number;
}

/** One item of the list of a key's versions. */
export interface ListedVersion {
  /** 32 lower-case hex digits. */
  readonly version: string;
  readonly attributes: KeyAttributes;
}

/** A key version as read from the service. */
export interface KeyDetail extends ListedVersion {
  readonly name: string;
  /** E.g. `RSA-HSM`, `EC-HSM`, `oct-HSM`. */
  readonly keyType: string;
  readonly keyOps: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** RFC 7638 SHA-256 thumbprint of the public key, base64url; absent for symmetric keys. */
  readonly thumbprint?: string;
  /** Absent for symmetric keys. */
  readonly publicKey?: PublicKey;
}

/** What proves later that a restored version is the one that was backed up. */
export interface VersionFact {
  readonly version: string;
  /** As in {@link KeyDetail}; absent for symmetric keys. */
  readonly thumbprint?: string;
}
