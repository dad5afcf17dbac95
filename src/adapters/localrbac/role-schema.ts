/** What a Managed HSM answers about roles; only what is used. */
import { z } from 'zod';

const AUTHORIZATION = 'providers/Microsoft.Authorization';
/** How the service names a role in an assignment; seen on the wire without a slash in front. */
export const ROLE_ID = `Microsoft.KeyVault/${AUTHORIZATION}/roleDefinitions/`;

/** The path of `roleDefinitions`, `roleAssignments` or one of them, at a scope like `/` or `/keys`. */
export function pathOf(scope: string, path: string): string {
  return `${scope === '/' ? '' : scope}/${AUTHORIZATION}/${path}`;
}

const Actions = z
  .array(z.string())
  .nullish()
  .transform((actions) => actions ?? []);

/** A list of role definitions. */
export const DefinitionList = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({
        roleName: z.string(),
        permissions: z.array(z.object({ dataActions: Actions, notDataActions: Actions })),
      }),
    }),
  ),
});

/** A list of role assignments. */
export const AssignmentList = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({ principalId: z.string(), roleDefinitionId: z.string(), scope: z.string() }),
    }),
  ),
});
