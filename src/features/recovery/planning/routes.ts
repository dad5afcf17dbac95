/** The routes of what there is: keys, soft-deleted keys and backups. */

import { z } from 'zod';
import { HsmName, KeyName } from '../../../core/model/names.ts';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS } from '../access/caller.ts';
import { BackupView, DeletedKeyView, type Inventory, KeyView } from './inventory.ts';

/** What these routes work with. */
interface InventoryApp {
  readonly inventory: Inventory;
}

/** Asks for a page of an HSM's keys; `next` is the one the page before gave. */
const InventoryQuery = z.strictObject({
  hsm: HsmName,
  limit: z.coerce.number().int().min(1).max(500).default(100),
  next: KeyName.exactOptional(),
});
const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().exactOptional() });

const keys = defineRoute(
  {
    ...NOTHING,
    name: 'keys',
    operation: 'listKeys',
    method: 'GET',
    path: 'keys',
    summary: 'List the active keys of an HSM',
    roles: READERS,
    gated: true,
    query: InventoryQuery,
    answers: { 200: { description: 'A page of keys, by name', schema: pageOf(KeyView) } },
  },
  async ({ app }: RouteCall<InventoryApp, Caller>, { query: { hsm, limit, next } }) => ({
    status: 200,
    body: await app.inventory.keys(hsm, limit, next),
  }),
);

const deletedKeys = defineRoute(
  {
    ...NOTHING,
    name: 'deletedKeys',
    operation: 'listDeletedKeys',
    method: 'GET',
    path: 'deleted-keys',
    summary: 'List the soft-deleted keys of an HSM',
    roles: READERS,
    gated: true,
    query: InventoryQuery,
    answers: { 200: { description: 'A page of soft-deleted keys, by name', schema: pageOf(DeletedKeyView) } },
  },
  async ({ app }: RouteCall<InventoryApp, Caller>, { query: { hsm, limit, next } }) => ({
    status: 200,
    body: await app.inventory.deletedKeys(hsm, limit, next),
  }),
);

const backups = defineRoute(
  {
    ...NOTHING,
    name: 'backups',
    operation: 'listBackups',
    method: 'GET',
    path: 'backups',
    summary: 'List the backups of a key, newest first',
    roles: READERS,
    gated: true,
    query: z.strictObject({ hsm: HsmName, key: KeyName }),
    answers: {
      200: { description: 'The backups of the key', schema: z.strictObject({ items: z.array(BackupView) }) },
    },
  },
  async ({ app }: RouteCall<InventoryApp, Caller>, { query: { hsm, key } }) => ({
    status: 200,
    body: { items: await app.inventory.backups(hsm, key) },
  }),
);

/** By operation. */
export const INVENTORY_ROUTES = { keys, deletedKeys, backups } as const;
