/** Reads the SDK's keys into the engine's; what the service must send and did not is `hsm-answer-unexpected`. */
import type { DeletedKey, KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import { WardenError } from '../../core/errors.ts';
import type {
  KeyAttributes,
  KeyDetail,
  ListedDeletedKey,
  ListedKey,
  ListedVersion,
} from '../../core/model/key.ts';
import { thumbprintOf } from './thumbprint.ts';

/** An item of the list of keys. */
export function readListedKey(properties: KeyProperties): ListedKey {
  return {
    name: properties.name,
    attributes: readAttributes(properties),
    tags: properties.tags ?? {},
    managed: properties.managed ?? false,
  };
}

/** An item of the list of soft-deleted keys. */
export function readListedDeletedKey({ properties }: DeletedKey): ListedDeletedKey {
  return {
    ...readListedKey(properties),
    deletedAt: required('deletedDate', properties.name, properties.deletedOn).getTime(),
    scheduledPurgeAt: required(
      'scheduledPurgeDate',
      properties.name,
      properties.scheduledPurgeDate,
    ).getTime(),
  };
}

/** An item of the list of a key's versions. */
export function readListedVersion(properties: KeyProperties): ListedVersion {
  return {
    version: required('version', properties.name, properties.version),
    attributes: readAttributes(properties),
  };
}

/** A key version. */
export function readKeyDetail(key: KeyVaultKey | DeletedKey): KeyDetail {
  const jwk = required('key', key.name, key.key);
  const thumbprint = thumbprintOf(jwk);
  return {
    ...readListedVersion(key.properties),
    name: key.name,
    keyType: required('kty', key.name, jwk.kty),
    // The service returns them as a set, in an order that changes from call to call.
    keyOps: [...(jwk.keyOps ?? [])].sort(),
    tags: key.properties.tags ?? {},
    ...(thumbprint === undefined ? {} : { thumbprint }),
  };
}

function readAttributes(properties: KeyProperties): KeyAttributes {
  const { name, notBefore, expiresOn, exportable, recoveryLevel, recoverableDays } = properties;
  return {
    enabled: properties.enabled ?? true,
    createdAt: required('created', name, properties.createdOn).getTime(),
    updatedAt: required('updated', name, properties.updatedOn).getTime(),
    ...(notBefore === undefined ? {} : { notBefore: notBefore.getTime() }),
    ...(expiresOn === undefined ? {} : { expiresAt: expiresOn.getTime() }),
    ...(exportable === undefined ? {} : { exportable }),
    ...(recoveryLevel === undefined ? {} : { recoveryLevel }),
    ...(recoverableDays === undefined ? {} : { recoverableDays }),
  };
}

function required<T>(member: string, key: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new WardenError('hsm-answer-unexpected', {
    message: `The HSM's answer for key ${key} has no ${member}.`,
    key,
  });
}
