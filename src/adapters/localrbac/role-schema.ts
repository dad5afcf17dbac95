/** What a Managed HSM answers about roles; only what is used. */
import { z } from 'zod';

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

/** An error. */
export const ServiceErrorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
