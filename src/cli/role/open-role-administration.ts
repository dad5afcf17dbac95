/** How the role commands reach the HSM. */
import { z } from 'zod';
import { RoleAdministration } from '../../adapters/localrbac/role-administration.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';

/** Options of every role command. */
export const ROLE_HSM_OPTIONS: readonly OptionSpec[] = [...HSM_OPTIONS, ...CONNECTION_OPTIONS];
/** Their values. */
export const RoleHsmOptions = {
  hsmName: AddressOptions.hsmName,
  id: AddressOptions.id,
  ...ConnectionOptions,
};
const Options = z.object(RoleHsmOptions);

/** Opens the local access control of the HSM that was named. Fails with UsageError. */
export async function openRoleAdministration(
  context: CliContext,
  given: z.output<typeof Options>,
): Promise<RoleAdministration> {
  const connection = await connect(context, given);
  const { hsm, url } = hsmAddress(given, connection);
  const { credential, caPem } = connection;
  const { clock, signal } = context;
  return new RoleAdministration({ hsm, url, credential, clock, signal, ...definedOnly({ caPem }) });
}
