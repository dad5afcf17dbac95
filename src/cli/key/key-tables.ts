/** Keys for people: what a terminal shows where `-o` does not ask for the columns of az. */
import { namesIn, type WireItem, type WireKey } from '../../adapters/keyvault/wire-key.ts';
import type { Cell, Table } from '../frame/command.ts';
import { azMoment } from './az-output.ts';

/** A key. */
export function keyTable({ key, attributes }: WireKey): Table {
  const { name, version } = namesIn(key.kid);
  const bits = typeof key.n === 'string' ? Buffer.from(key.n, 'base64url').length * 8 : undefined;
  return {
    columns: ['Name', 'Version', 'Kty', 'Size/Curve', 'Enabled', 'Created'],
    rows: [[name, version, key.kty, key.crv ?? bits, attributes.enabled, moment(attributes.created)]],
  };
}

/** A list of keys or of versions. */
export function listTable(items: readonly WireItem[]): Table {
  return {
    columns: ['Name', 'Version', 'Enabled', 'Created', 'Updated', 'Expires'],
    rows: items.map(({ kid, attributes: { enabled, created, updated, exp } }) => {
      const { name, version } = namesIn(kid);
      return [name, version, enabled, moment(created), moment(updated), moment(exp)];
    }),
  };
}

/** Soft-deleted keys: items of a list, or one key. */
export function deletedTable(keys: readonly (WireItem | WireKey)[]): Table {
  return {
    columns: ['Name', 'DeletedDate', 'ScheduledPurgeDate', 'RecoveryId'],
    rows: keys.map((key) => [
      namesIn('kid' in key ? key.kid : key.key.kid).name,
      moment(key.deletedDate),
      moment(key.scheduledPurgeDate),
      key.recoveryId,
    ]),
  };
}

function moment(epochSeconds: number | undefined): Cell {
  return epochSeconds === undefined
    ? undefined
    : { at: epochSeconds * 1000, text: azMoment(epochSeconds) ?? '' };
}
