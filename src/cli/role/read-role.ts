/** A role as people write it for az: https://learn.microsoft.com/cli/azure/keyvault/role/definition */
import { z } from 'zod';
import type { WireDefinition } from '../../adapters/localrbac/role-administration.ts';
import { UsageError } from '../frame/failures.ts';

const Actions = z.array(z.string()).nullish();
const Permissions = { actions: Actions, dataActions: Actions, notActions: Actions, notDataActions: Actions };
const Given = z.object({
  id: z.string().nullish(),
  name: z.string().nullish(),
  roleName: z.string().nullish(),
  description: z.string().nullish(),
  assignableScopes: z.array(z.string()).nullish(),
  permissions: z.array(z.object(Permissions)).nullish(),
  ...Permissions,
});

/** The role in `value`, and the id by which it names itself. Fails with UsageError. */
export function readRole(value: unknown): {
  readonly id: string | undefined;
  readonly properties: WireDefinition['properties'];
} {
  const parsed = Given.safeParse(withSmallLetters(value));
  const { data } = parsed;
  if (data === undefined || data.roleName == null) {
    const faults = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new UsageError(
      `--role-definition is no role: ${faults?.join('; ') ?? 'roleName is missing'}.`,
      'An example: {"roleName":"Reader","description":"","actions":[],"notActions":[],"dataActions":["Microsoft.KeyVault/managedHsm/keys/read/action"],"notDataActions":[]}',
    );
  }
  const permissions = data.permissions ?? [data];
  return {
    id: data.id ?? data.name ?? undefined,
    properties: {
      roleName: data.roleName,
      description: data.description ?? '',
      type: 'CustomRole',
      assignableScopes: data.assignableScopes ?? ['/'],
      permissions: permissions.map(({ actions, dataActions, notActions, notDataActions }) => ({
        actions: actions ?? [],
        dataActions: dataActions ?? [],
        notActions: notActions ?? [],
        notDataActions: notDataActions ?? [],
      })),
    },
  };
}

/** az takes `DataActions`, too. */
function withSmallLetters(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [
    `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
    member,
  ]);
  return Object.fromEntries(members);
}
