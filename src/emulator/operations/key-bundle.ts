// The forms in which a key appears in answers. Members are put into alphabetical order when the answer is written.
import { publicJwk } from '../crypto/material.ts';
import type { OperationContext } from '../model/operation.ts';
import type { Deletion, KeyRecord, KeyVersion, PoolSettings } from '../state/model.ts';

/** The days of retention that the service calls plain `Recoverable`; anything less is customised. */
const FULL_RETENTION_DAYS = 90;

/** `recoveryLevel`: recorded without purge protection; with it, the specification's names. */
function recoveryLevel({ retentionDays, purgeProtection }: PoolSettings): string {
  const level = retentionDays === FULL_RETENTION_DAYS ? 'Recoverable' : 'CustomizedRecoverable';
  return purgeProtection ? level : `${level}+Purgeable`;
}

/** `https://{host}/keys/{name}`, without version. */
export function keyUrl({ baseUrl }: OperationContext, name: string): string {
  return `${baseUrl}/keys/${name}`;
}

/** `https://{host}/deletedkeys/{name}`. */
export function deletedKeyUrl({ baseUrl }: OperationContext, name: string): string {
  return `${baseUrl}/deletedkeys/${name}`;
}

/** The newest version: the one that requests without a version mean. */
export function newestVersion(key: Pick<KeyRecord, 'name' | 'versions'>): KeyVersion {
  const newest = key.versions.at(-1);
  if (!newest) throw new TypeError(`key ${key.name} has no versions`);
  return newest;
}

/** A key as get, create, update, recover, restore, import and rotate answer it. */
export function keyBundle(key: KeyRecord, version: KeyVersion, context: OperationContext): object {
  return {
    attributes: attributes(version, context.settings),
    key: {
      ...publicJwk(version.material),
      key_ops: version.keyOps,
      kid: `${keyUrl(context, key.name)}/${version.id}`,
    },
    ...(version.releasePolicy && { release_policy: version.releasePolicy }),
    ...(version.tags && { tags: version.tags }),
  };
}

/** A soft-deleted key as delete and get-deleted answer it. */
export function deletedKeyBundle(key: KeyRecord, deletion: Deletion, context: OperationContext): object {
  return { ...keyBundle(key, newestVersion(key), context), ...deletionMembers(key, deletion, context) };
}

/** An item of the list of keys: no version in `kid`, the attributes and tags of the newest version. */
export function keyItem(key: KeyRecord, context: OperationContext): object {
  const { tags, ...rest } = newestVersion(key);
  return {
    attributes: attributes(rest, context.settings),
    kid: keyUrl(context, key.name),
    ...(tags && { tags }),
  };
}

/** An item of the list of deleted keys. */
export function deletedKeyItem(key: KeyRecord, deletion: Deletion, context: OperationContext): object {
  return { ...keyItem(key, context), ...deletionMembers(key, deletion, context) };
}

/** An item of the list of versions: no tags were ever seen in it. */
export function versionItem(key: KeyRecord, version: KeyVersion, context: OperationContext): object {
  return {
    attributes: attributes(version, context.settings),
    kid: `${keyUrl(context, key.name)}/${version.id}`,
  };
}

function deletionMembers(key: KeyRecord, deletion: Deletion, context: OperationContext): object {
  return { ...deletion, recoveryId: deletedKeyUrl(context, key.name) };
}

function attributes(version: Omit<KeyVersion, 'tags'>, settings: PoolSettings): object {
  const { created, enabled, exp, exportable, nbf, updated } = version;
  return {
    created,
    enabled,
    ...(exp !== undefined && { exp }),
    exportable,
    ...(nbf !== undefined && { nbf }),
    recoverableDays: settings.retentionDays,
    recoveryLevel: recoveryLevel(settings),
    updated,
  };
}
