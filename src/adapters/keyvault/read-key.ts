/** Reads the SDK's keys into the engine's; what the service must send and did not is `hsm-answer-unexpected`. */

import type { DeletedKey, KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import { WardenError } from '../../core/errors.ts';
import type { KeyAttributes, KeyDetail, ListedDeletedKey, ListedVersion } from '../../core/model/key.ts';
import { thumbprintOf } from '../../core/model/public-key.ts';
import { LAST_MOMENT_MS } from './moments.ts';
import { publicKeyOf } from './thumbprint.ts';

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
  const publicKey = publicKeyOf(jwk);
  return {
    ...readListedVersion(key.properties),
    name: key.name,
    keyType: required('kty', key.name, jwk.kty),
    // The service returns them as a set, in an order that changes from call to call.
    keyOps: [...(jwk.keyOps ?? [])].sort(),
    tags: key.properties.tags ?? {},
    ...(publicKey === undefined ? {} : { publicKey, thumbprint: thumbprintOf(publicKey) }),
  };
}

/** A soft-deleted key with its newest version. */
export function readDeletedKey(key: DeletedKey): KeyDetail & ListedDeletedKey {
  const { name, managed, deletedOn, scheduledPurgeDate } = key.properties;
  return {
    ...readKeyDetail(key),
    managed: managed ?? false,
    deletedAt: required('deletedDate', name, moment(deletedOn)),
    scheduledPurgeAt: required('scheduledPurgeDate', name, moment(scheduledPurgeDate)),
  };
}

function readAttributes(properties: KeyProperties): KeyAttributes {
  const { name, notBefore, expiresOn, exportable, recoveryLevel, recoverableDays } = properties;
  return {
    enabled: properties.enabled ?? true,
    createdAt: required('created', name, moment(properties.createdOn)),
    updatedAt: required('updated', name, moment(properties.updatedOn)),
    ...(notBefore == null ? {} : { notBefore: moment(notBefore) ?? LAST_MOMENT_MS }),
    ...(expiresOn == null ? {} : { expiresAt: moment(expiresOn) ?? LAST_MOMENT_MS }),
    ...(exportable == null ? {} : { exportable }),
    ...(recoveryLevel == null ? {} : { recoveryLevel }),
    ...(recoverableDays == null ? {} : { recoverableDays }),
  };
}

/** Undefined when it is absent or null, which the SDK passes on, or beyond what a Date can hold. */
function moment(date: Date | null | undefined): number | undefined {
  const epochMs = date?.getTime();
  return epochMs === undefined || Number.isNaN(epochMs) ? undefined : epochMs;
}

function required<T>(member: string, key: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new WardenError('hsm-answer-unexpected', {
    message: `The HSM's answer for key ${key} has no ${member}.`,
    key,
  });
}
