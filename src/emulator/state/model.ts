// What a Managed HSM pool holds: keys with their versions, local roles, and the pool's own settings.
import { z } from 'zod';
import { KeyMaterial } from '../crypto/material.ts';

/** Unix seconds, as every time on the wire. */
const Seconds = z.int().nonnegative();

/** Text values by name. */
const Tags = z.record(z.string(), z.string());

/** Under which conditions an exportable key may leave the HSM; `data` is base64url text. */
export const ReleasePolicy = z.object({ contentType: z.string(), data: z.string(), immutable: z.boolean() });
export type ReleasePolicy = z.infer<typeof ReleasePolicy>;

/** One version of a key. `id` is 32 lower-case hex digits; `tags` is absent when there are none. */
export const KeyVersion = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  created: Seconds,
  updated: Seconds,
  enabled: z.boolean(),
  exportable: z.boolean(),
  exp: Seconds.optional(),
  nbf: Seconds.optional(),
  keyOps: z.array(z.string()),
  tags: Tags.optional(),
  releasePolicy: ReleasePolicy.optional(),
  material: KeyMaterial,
});
export type KeyVersion = z.infer<typeof KeyVersion>;

/** A rotation policy; `lifetimeActions` is kept as it was sent, and absent when it was empty. */
export const RotationPolicy = z.object({
  created: Seconds,
  updated: Seconds,
  expiryTime: z.string(),
  lifetimeActions: z.array(z.unknown()).optional(),
});
export type RotationPolicy = z.infer<typeof RotationPolicy>;

/** When a key was deleted and when the service will purge it. */
export const Deletion = z.object({ deletedDate: Seconds, scheduledPurgeDate: Seconds });
export type Deletion = z.infer<typeof Deletion>;

/**
 * A key with all its versions, oldest first, never empty. It is soft-deleted when `deletion` is there.
 * `order` is its place in lists: growing with every key made, imported or restored.
 */
export const KeyRecord = z.object({
  name: z.string(),
  order: z.int().nonnegative(),
  versions: z.array(KeyVersion).min(1),
  rotationPolicy: RotationPolicy.optional(),
  deletion: Deletion.optional(),
});
export type KeyRecord = z.infer<typeof KeyRecord>;

/** One set of permissions of a role. Only `dataActions` and `notDataActions` decide anything in a Managed HSM. */
export const Permission = z.object({
  actions: z.array(z.string()),
  dataActions: z.array(z.string()),
  notActions: z.array(z.string()),
  notDataActions: z.array(z.string()),
});
export type Permission = z.infer<typeof Permission>;

/** A custom role definition. Built-in ones are not state: they are a table in `rbac/`. `name` is a GUID. */
export const RoleDefinitionRecord = z.object({
  name: z.string(),
  roleName: z.string(),
  description: z.string(),
  assignableScopes: z.array(z.string()),
  permissions: z.array(Permission),
});
export type RoleDefinitionRecord = z.infer<typeof RoleDefinitionRecord>;

/** Gives a role to a principal at `/`, `/keys` or `/keys/{name}`. `roleDefinitionId` is kept as it was sent. */
export const RoleAssignmentRecord = z.object({
  name: z.string(),
  roleDefinitionId: z.string(),
  principalId: z.string(),
  scope: z.string(),
});
export type RoleAssignmentRecord = z.infer<typeof RoleAssignmentRecord>;

/** What is fixed when the pool is made. `securityDomain` is a base64url secret: pools that share it restore each other's backups. */
export const PoolSettings = z.object({
  name: z.string(),
  tenantId: z.string(),
  retentionDays: z.int().min(7).max(90),
  purgeProtection: z.boolean(),
  securityDomain: z.string(),
});
export type PoolSettings = z.infer<typeof PoolSettings>;

/** One change of the state. Operations return changes; only `PoolState.apply` makes them, and the journal keeps them. */
export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('putKey'), key: KeyRecord }),
  z.object({ type: z.literal('dropKey'), name: z.string() }),
  z.object({ type: z.literal('putRoleDefinition'), definition: RoleDefinitionRecord }),
  z.object({ type: z.literal('dropRoleDefinition'), name: z.string() }),
  z.object({ type: z.literal('putRoleAssignment'), assignment: RoleAssignmentRecord }),
  z.object({ type: z.literal('dropRoleAssignment'), name: z.string() }),
  z.object({ type: z.literal('moveClock'), offsetMs: z.number() }),
]);
export type Change = z.infer<typeof Change>;
