// Finds the key version a cryptographic request names and checks that it may be used that way now.
import { unproven } from '../errors.ts';
import type { OperationContext, OperationRequest } from '../model/operation.ts';
import type { KeyVersion } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { keyUrl } from './key-bundle.ts';
import { activeKey, versionOf } from './key-lookup.ts';

/** What a key can be asked to do; the names of `key_ops`. */
export type KeyUse = 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'wrapKey' | 'unwrapKey';

/** A version that may be used, with its full id. */
export type UsableKey = { readonly kid: string; readonly version: KeyVersion };

// Microsoft Learn, "About keys", date-time controlled operations: outside of nbf and exp a key still decrypts,
// unwraps and verifies, so that data of its time can be recovered.
const ANY_TIME: ReadonlySet<KeyUse> = new Set<KeyUse>(['verify', 'decrypt', 'unwrapKey']);

/**
 * The version named in the route, the newest when none is named.
 * Throws ServiceError: 400 BadParameter for an illegal name, 404 KeyNotFound, and the unproven refusals of a disabled, expired, not yet valid or
 * unsuited key.
 */
export function usableKey(
  use: KeyUse,
  request: OperationRequest,
  state: ReadableState,
  context: OperationContext,
): UsableKey {
  const key = activeKey(request, state, context);
  const version = versionOf(key, request, context);
  checkUse(version, use, context.now());
  return { kid: `${keyUrl(context, key.name)}/${version.id}`, version };
}

/** `now`, `nbf` and `exp` are unix seconds: valid from nbf on, and no longer from exp on (RFC 7519, 4.1). */
function checkUse(version: KeyVersion, use: KeyUse, now: number): void {
  if (!version.enabled) throw unproven('keyDisabled', { operation: use });
  if (!ANY_TIME.has(use)) {
    if (version.nbf !== undefined && now < version.nbf) throw unproven('keyNotYetValid', { operation: use });
    if (version.exp !== undefined && now >= version.exp) throw unproven('keyExpired', { operation: use });
  }
  if (!version.keyOps.includes(use)) throw unproven('operationNotPermitted', { operation: use });
}
