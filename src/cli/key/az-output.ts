/** Keys as az shows them: the same members, so that scripts written for az read on. */
import type { DeletedKey, JsonWebKey, KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import type { Cell, Table } from '../frame/command.ts';

/** Public members of a key; private ones are always null, for they never leave the HSM. Bytes are base64, as with az. */
const BYTES = ['d', 'dp', 'dq', 'e', 'k', 'n', 'p', 'q', 'qi', 't', 'x', 'y'] as const;

/** One key: `az keyvault key show`. */
export function azKey(key: KeyVaultKey | DeletedKey) {
  return {
    ...deletion(key),
    attributes: azAttributes(key.properties),
    key: azJsonWebKey(key.key),
    managed: key.properties.managed ?? null,
    releasePolicy: azReleasePolicy(key.properties),
    tags: key.properties.tags ?? null,
  };
}

/** An item of a list: `az keyvault key list`, `list-versions`. */
export function azListed(properties: KeyProperties) {
  return {
    attributes: azAttributes(properties),
    kid: properties.id ?? null,
    managed: properties.managed ?? null,
    name: properties.name,
    releasePolicy: azReleasePolicy(properties),
    tags: properties.tags ?? null,
  };
}

/** An item of `az keyvault key list-deleted`. */
export function azListedDeleted(key: DeletedKey) {
  return { ...azListed(key.properties), ...deletion(key) };
}

function deletion(key: KeyVaultKey | DeletedKey) {
  const properties: Partial<DeletedKey['properties']> = key.properties;
  const { deletedOn, scheduledPurgeDate, recoveryId } = properties;
  if (recoveryId === undefined) return {};
  return { deletedDate: iso(deletedOn), recoveryId, scheduledPurgeDate: iso(scheduledPurgeDate) };
}

function azAttributes(properties: KeyProperties) {
  return {
    created: iso(properties.createdOn),
    enabled: properties.enabled ?? null,
    expires: iso(properties.expiresOn),
    exportable: properties.exportable ?? null,
    hsmPlatform: properties.hsmPlatform ?? null,
    notBefore: iso(properties.notBefore),
    recoverableDays: properties.recoverableDays ?? null,
    recoveryLevel: properties.recoveryLevel ?? null,
    updated: iso(properties.updatedOn),
  };
}

function azJsonWebKey(key: JsonWebKey | undefined) {
  const bytes = BYTES.map((name) => {
    const value = key?.[name];
    return [name, value === undefined ? null : Buffer.from(value).toString('base64')];
  });
  return {
    crv: key?.crv ?? null,
    ...Object.fromEntries(bytes),
    // The service gives them in an order that changes from call to call.
    keyOps: key?.keyOps === undefined ? null : [...key.keyOps].sort(),
    kid: key?.kid ?? null,
    kty: key?.kty ?? null,
  };
}

/** The policy as its text, as az shows it; bytes that are no text stay bytes, in base64. */
function azReleasePolicy({ releasePolicy }: KeyProperties) {
  if (releasePolicy === undefined) return null;
  const { contentType, encodedPolicy, immutable } = releasePolicy;
  return {
    contentType: contentType ?? null,
    encodedPolicy: encodedPolicy === undefined ? null : textOf(encodedPolicy),
    immutable: immutable ?? null,
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
}

/** As Python writes it: `2026-01-31T02:00:00+00:00`. A moment that no Date can hold, years after 275760, is named so. */
function iso(date: Date | null | undefined): string | null {
  // The SDK passes on a null of the service.
  if (date === undefined || date === null) return null;
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString().replace(/\.\d{3}Z$/, '+00:00');
}

/** A key for people. */
export function keyTable(key: KeyVaultKey | DeletedKey): Table {
  const { kty, crv, n } = key.key ?? {};
  const strength: Cell = crv ?? (n === undefined ? undefined : n.length * 8);
  const { name, version, enabled, createdOn } = key.properties;
  return {
    columns: ['Name', 'Version', 'Kty', 'Size/Curve', 'Enabled', 'Created'],
    rows: [[name, version, kty, strength, enabled, moment(createdOn)]],
  };
}

/** A list for people. */
export function listTable(keys: readonly KeyProperties[]): Table {
  return {
    columns: ['Name', 'Version', 'Enabled', 'Created', 'Updated', 'Expires'],
    rows: keys.map(({ name, version, enabled, createdOn, updatedOn, expiresOn }) => [
      name,
      version,
      enabled,
      moment(createdOn),
      moment(updatedOn),
      moment(expiresOn),
    ]),
  };
}

/** Soft-deleted keys for people. */
export function deletedTable(keys: readonly DeletedKey[]): Table {
  return {
    columns: ['Name', 'DeletedDate', 'ScheduledPurgeDate', 'RecoveryId'],
    rows: keys.map(({ name, properties }) => [
      name,
      moment(properties.deletedOn),
      moment(properties.scheduledPurgeDate),
      properties.recoveryId,
    ]),
  };
}

function moment(date: Date | undefined): Cell {
  return date === undefined ? undefined : { at: date.getTime(), text: iso(date) ?? '' };
}
