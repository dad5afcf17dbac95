/** What the discovery works through. Every adapter of {@link HsmDirectory} passes test/contract/hsm-directory.ts. */

/** An HSM as the directory lists it. */
export interface FoundHsm {
  /** Its own name, which no other HSM of its cloud has. */
  readonly name: string;
  /** Its id in Azure Resource Manager. */
  readonly resource: string;
  /** Its address as the directory says; nobody is there while it is made. */
  readonly url?: string;
  readonly location?: string;
}

/** Everything that is there at one moment. */
export interface Listing {
  readonly hsms: readonly FoundHsm[];
  /** The subscriptions that could be read, lower case: of no other one is it known what it has. */
  readonly subscriptions: readonly string[];
}

/** Lists the HSMs of the scopes that the settings name. */
export interface HsmDirectory {
  /** The whole list, or a failure with `discovery-failed` (a part is no list), or with the reason of `signal`. */
  list(signal?: AbortSignal): Promise<Listing>;
}

/** What came of the question whether the backup app may list the keys of an HSM. */
export type RoleProbe =
  | { readonly role: 'works' }
  /** It may not: `why` is the answer of the HSM. */
  | { readonly role: 'missing' | 'unknown'; readonly why: string };

/** Asks an HSM for its keys. It contacts no host that is not of a Managed HSM, and fails with the reason of `signal` only. */
export type ProbeRole = (
  hsm: FoundHsm & { readonly url: string },
  signal?: AbortSignal,
) => Promise<RoleProbe>;
