// Finds the key that a request names, or refuses as the service does.
import { serviceErrors, unproven } from '../errors.ts';
import type { OperationContext, OperationRequest } from '../model/operation.ts';
import type { Deletion, KeyRecord, KeyVersion } from '../state/model.ts';
import type { ReadableState } from '../state/pool-state.ts';
import { deletedKeyUrl, keyUrl, newestVersion } from './key-bundle.ts';

// Pattern from the API specification, length from Microsoft Learn ("About keys, secrets and certificates").
const KEY_NAME = /^[0-9a-zA-Z-]{1,127}$/;

/** The `name` of the route. Throws 400 BadParameter for one that no key can have. */
export function keyName({ params }: OperationRequest): string {
  const name = params.name ?? '';
  if (!KEY_NAME.test(name)) throw serviceErrors.badKeyName();
  return name;
}

/** The active key of the route. Throws 404 KeyNotFound for an absent and for a soft-deleted one. */
export function activeKey(
  request: OperationRequest,
  state: ReadableState,
  context: OperationContext,
): KeyRecord {
  const name = keyName(request);
  const key = state.key(name);
  if (!key || key.deletion) throw serviceErrors.keyNotFound(keyUrl(context, name));
  return key;
}

/** The version of the route, or the newest without one. Throws 404 KeyNotFound (unproven form). */
export function versionOf(key: KeyRecord, request: OperationRequest, context: OperationContext): KeyVersion {
  const id = request.params.version;
  if (id === undefined) return newestVersion(key);
  const version = key.versions.find((one) => one.id === id.toLowerCase());
  if (!version) throw unproven('versionNotFound', { url: `${keyUrl(context, key.name)}/${id}` });
  return version;
}

/** The soft-deleted key of the route. Throws 404 KeyNotFound for an absent and for an active one. */
export function deletedKey(
  request: OperationRequest,
  state: ReadableState,
  context: OperationContext,
): { key: KeyRecord; deletion: Deletion } {
  const name = keyName(request);
  const key = state.key(name);
  if (!key?.deletion) throw serviceErrors.keyNotFound(deletedKeyUrl(context, name));
  return { key, deletion: key.deletion };
}
