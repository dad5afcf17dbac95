/** What the role commands are told: the HSM, and the identities of the two apps. */
import { z } from 'zod';
import { RestLocalRoles } from '../../adapters/localrbac/local-roles.ts';
import type { Principals } from '../../features/roles/plan.ts';
import type { LocalRoles } from '../../features/roles/ports.ts';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';

export const ROLE_OPTIONS: readonly OptionSpec[] = [
  ...HSM_OPTIONS,
  {
    flags: '--backup-principal <id>',
    description:
      'object id of the identity of the backup app (else HSM_WARDEN_BACKUP_PRINCIPAL of the azd environment)',
  },
  {
    flags: '--recovery-principal <id>',
    description:
      'object id of the identity of the recovery app (else HSM_WARDEN_RECOVERY_PRINCIPAL of the azd environment)',
  },
  ...CONNECTION_OPTIONS,
];

export const RoleOptions = z.object({
  ...AddressOptions,
  ...ConnectionOptions,
  backupPrincipal: z.guid().optional(),
  recoveryPrincipal: z.guid().optional(),
});

/** The outputs of the deployment, which azd puts into the environment of its hooks. */
const OUTPUTS = { backup: 'HSM_WARDEN_BACKUP_PRINCIPAL', recovery: 'HSM_WARDEN_RECOVERY_PRINCIPAL' } as const;

/** Opens the HSM's access control as the person who calls. Fails with UsageError. */
export async function openRoles(
  context: CliContext,
  options: z.output<typeof RoleOptions>,
): Promise<{ readonly roles: LocalRoles; readonly principals: Principals }> {
  const { environment } = context;
  const principals = {
    backup: principal(options.backupPrincipal ?? environment[OUTPUTS.backup], '--backup-principal'),
    recovery: principal(options.recoveryPrincipal ?? environment[OUTPUTS.recovery], '--recovery-principal'),
  };
  if (principals.backup.toLowerCase() === principals.recovery.toLowerCase()) {
    throw new UsageError(
      'The two apps must not share an identity.',
      'Give the object ids of two identities.',
    );
  }
  const connection = await connect(context, options);
  const { hsm, url } = hsmAddress(options, connection);
  const { credential, caPem } = connection;
  const roles = new RestLocalRoles({
    hsm,
    url,
    credential,
    clock: context.clock,
    ...(caPem === undefined ? {} : { caPem }),
  });
  return { roles, principals };
}

function principal(given: string | undefined, flag: string): string {
  const parsed = z.guid().safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${flag} is missing or no GUID.`,
    'The deployment prints both object ids as its outputs.',
  );
}
