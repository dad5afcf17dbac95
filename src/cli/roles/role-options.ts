/** What the role commands are given: the HSM, and the identities of the two apps. */

import { z } from 'zod';
import { RestLocalRoles } from '../../adapters/localrbac/local-roles.ts';
import { definedOnly } from '../../core/defined-only.ts';
import type { Principals } from '../../features/roles/plan.ts';
import type { LocalRoles } from '../../features/roles/ports.ts';
import { DRILL_ROLE, WARDEN_ROLES, type WardenRole } from '../../features/roles/roles.ts';
import { unusable } from '../../platform/unusable-hsm.ts';
import { AddressOptions, HSM_OPTIONS, type HsmAddress, hsmAddress } from '../connect/address.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  keepLocal,
  requireConfig,
} from '../connect/connection.ts';
import { withKnownHsms } from '../connect/with-added-hsms.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';

/** For commands that can be about every HSM. */
export const EVERY_HSM_OPTION: OptionSpec = {
  flags: '--all',
  description: 'every HSM that is to be protected, in place of --hsm-name; one that fails stops no other',
};

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
  {
    flags: '--drill-principal <id>',
    description:
      'object id of the identity of the drill app: the HSM is a drill HSM, and nobody else may hold a role on its keys',
  },
  ...CONNECTION_OPTIONS,
];

export const RoleOptions = z.object({
  ...AddressOptions,
  ...ConnectionOptions,
  backupPrincipal: z.guid().optional(),
  recoveryPrincipal: z.guid().optional(),
  drillPrincipal: z.guid().optional(),
});

/** The outputs of the deployment, which azd puts into the environment of its hooks. */
const OUTPUTS = { backup: 'HSM_WARDEN_BACKUP_PRINCIPAL', recovery: 'HSM_WARDEN_RECOVERY_PRINCIPAL' } as const;

/** An HSM's access control, and what is to be there. */
export interface RoleWork {
  readonly roles: LocalRoles;
  readonly principals: Principals;
  readonly wanted: readonly WardenRole[];
}

/** Opens the HSM's access control as the person who calls. Fails with UsageError. */
export async function openRoles(
  context: CliContext,
  options: z.output<typeof RoleOptions>,
): Promise<RoleWork> {
  const { drillPrincipal: drill } = options;
  const principals = drill === undefined ? appPrincipals(options, context.environment) : { drill };
  const connection = await connect(context, options);
  return {
    roles: rolesOn(hsmAddress(options, connection), context, connection),
    principals,
    wanted: drill === undefined ? WARDEN_ROLES : [DRILL_ROLE],
  };
}

/** What opens the access control of each HSM; of one whose entry is not valid that fails. */
export interface EveryHsm {
  readonly hsms: readonly (readonly [hsm: string, open: () => RoleWork])[];
  /** That HSMs may be missing, a sentence each. */
  readonly doubts: readonly string[];
}

/** Every HSM that is protected, as far as that can be read. Fails with UsageError. */
export async function openEveryRoles(
  context: CliContext,
  options: z.output<typeof RoleOptions>,
): Promise<EveryHsm> {
  if (options.hsmName !== undefined || options.id !== undefined)
    throw new UsageError('Give --all or one HSM, not both.');
  if (options.drillPrincipal !== undefined)
    throw new UsageError(
      'A role of the drill app belongs on no HSM that is protected.',
      'Name each drill HSM: --hsm-name NAME --drill-principal ID.',
    );
  const principals = appPrincipals(options, context.environment);
  const { connection, doubt } = await withKnownHsms(await connect(context, options), context);
  const hsms = requireConfig(connection).hsms.map(({ name: hsm, url, fault }) => {
    const open = (): RoleWork => {
      if (fault !== undefined) throw unusable(hsm, fault);
      keepLocal(connection, url);
      return { roles: rolesOn({ hsm, url }, context, connection), principals, wanted: WARDEN_ROLES };
    };
    return [hsm, open] as const;
  });
  return { hsms, doubts: doubt === undefined ? [] : [doubt] };
}

function rolesOn(
  { hsm, url }: HsmAddress,
  { clock }: Pick<CliContext, 'clock'>,
  { credential, caPem }: Connection,
): LocalRoles {
  return new RestLocalRoles({ hsm, url, credential, clock, ...definedOnly({ caPem }) });
}

function appPrincipals(
  options: z.output<typeof RoleOptions>,
  environment: CliContext['environment'],
): Principals {
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
  return principals;
}

function principal(given: string | undefined, flag: string): string {
  const parsed = z.guid().safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${flag} is missing or no GUID.`,
    'The deployment prints both object ids as its outputs.',
  );
}
