// The shape of an operation: everything the server has to know about it, in one value.
import type { KeyMaterial, MaterialSpec } from '../crypto/material.ts';
import type { Change, PoolSettings } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';

/** Who calls, from a verified token. */
export type Principal = {
  /** Object id (`oid`): the one role assignments name. */
  readonly objectId: string;
  readonly tenantId: string;
  /** User principal name, for people. */
  readonly upn?: string;
  /** Application id, for apps. */
  readonly appId?: string;
};

/** A request as an operation sees it: route parameters are decoded, the body is parsed JSON. */
export type OperationRequest = {
  readonly method: string;
  /** The path as it was sent, with its odd slashes; list links repeat it. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
};

/** What surrounds a request. Time and randomness come from here, never from the platform. */
export type OperationContext = {
  /** `https://{host}` of the pool as the caller addressed it; key ids start with it. */
  readonly baseUrl: string;
  readonly settings: PoolSettings;
  readonly principal: Principal;
  /** False when the documented object limits (5000 keys, 100 versions …) are switched off. */
  readonly limited: boolean;
  /** The emulator's time, unix seconds. */
  now(): number;
  /** Random bytes for ids and `rng`. */
  random(size: number): Buffer;
  /** New key material. */
  material(spec: MaterialSpec): Promise<KeyMaterial>;
};

/** The answer of an operation that succeeded; failures are thrown as ServiceError or MaterialError. */
export type Outcome = {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
  /** What has to change in the state; nothing is answered before it is made durable. */
  readonly changes?: readonly Change[];
};

/** Where the data action of an operation is checked: the whole pool, all keys, or the key named in the route. */
type ScopeRule = 'root' | 'keys' | 'key' | 'path';

/** Operations that share a documented rate (limits/rates.ts). */
export type LimitClass = 'create' | 'delete' | 'purge' | 'backup' | 'restore' | 'get' | 'roles' | 'none';

/** The recorded latency distributions (latency/table.ts); operations without recordings take a similar one. */
export type LatencyClass =
  | 'backupKey'
  | 'createKey'
  | 'decrypt'
  | 'deleteKey'
  | 'encrypt'
  | 'getDeletedKey'
  | 'getDeletedKeys'
  | 'getKey'
  | 'getKeyVersions'
  | 'getKeys'
  | 'importKey'
  | 'purgeDeletedKey'
  | 'recoverDeletedKey'
  | 'restoreKey'
  | 'sign'
  | 'unwrapkey'
  | 'updateKey';

/**
 * One operation of the data plane. To add one: write it in a file of its own in this folder and put it into
 * `table.ts`.
 */
export type Operation = {
  /** Its name in faults, limits and reports, e.g. `backupKey`. */
  readonly name: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /**
   * Path with parameters in braces, e.g. `/keys/{name}/{version}/sign`. Empty segments of a request are dropped
   * before matching; literal segments win over parameters. Several paths may lead to one operation.
   */
  readonly paths: readonly string[];
  /** `Microsoft.KeyVault/managedHsm/…`, the right it needs. */
  readonly dataAction: string;
  /** Where that right is needed. `path`: the scope in front of `/providers/` (role operations). */
  readonly scope: ScopeRule;
  /** `operationName` of its audit records. */
  readonly audit: string;
  readonly limit: LimitClass;
  readonly latency: LatencyClass;
  /**
   * Does the work. Pure: it reads the state and returns changes. When it has to wait (new material, decryption) it
   * must read the state after its last `await`, so that no other request comes in between.
   */
  handle(
    request: OperationRequest,
    state: ReadableState,
    context: OperationContext,
  ): Outcome | Promise<Outcome>;
};
