/** The HTTP routes of what there is: keys, soft-deleted keys, backups, and the verdict over the audit log. */
import { app, type HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { ROLES } from '../src/features/recovery/access/caller.ts';
import { HsmName, KeyName } from '../src/features/recovery/model/record.ts';
import { type AppForInvocation, type Guarded, guarded } from './guard.ts';
import { json, readQuery } from './http.ts';

const READERS = [ROLES.read, ROLES.request, ROLES.approve, ROLES.audit];

/** Asks for a page of an HSM's keys; `next` is the one the page before gave. */
export const InventoryQuery = z.strictObject({
  hsm: HsmName,
  limit: z.coerce.number().int().min(1).max(500).default(100),
  next: KeyName.exactOptional(),
});
/** Asks for the backups of a key. */
export const BackupsQuery = z.strictObject({ hsm: HsmName, key: KeyName });

/** Registers the lists. */
export function registerStatus(appFor: AppForInvocation): void {
  app.http('keys', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'keys',
    handler: guarded(appFor, READERS, async (given) => {
      const { hsm, limit, next } = await query(given, InventoryQuery);
      return json(200, await given.app.inventory.keys(hsm, limit, next));
    }),
  });
  app.http('deletedKeys', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'deleted-keys',
    handler: guarded(appFor, READERS, async (given) => {
      const { hsm, limit, next } = await query(given, InventoryQuery);
      return json(200, await given.app.inventory.deletedKeys(hsm, limit, next));
    }),
  });
  app.http('backups', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'backups',
    handler: guarded(appFor, READERS, async (given) => {
      const { hsm, key } = await query(given, BackupsQuery);
      return json(200, { items: await given.app.inventory.backups(hsm, key) });
    }),
  });
  app.http('auditVerdict', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'audit/verdict',
    handler: guarded(appFor, [ROLES.audit], auditVerdict),
  });
}

/** The gate first: while it is disarmed nobody is who they seem to be. */
async function query<T extends z.ZodType>(
  { app: recovery, request }: Guarded,
  schema: T,
): Promise<z.output<T>> {
  await recovery.passGate();
  return readQuery(request, schema);
}

async function auditVerdict({ app: recovery }: Guarded): Promise<HttpResponseInit> {
  return json(200, await recovery.verifyAudit());
}
