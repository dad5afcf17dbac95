/** For commands about every HSM that is protected: those of the settings, and those that people added. */
import { withAdded } from '../../platform/config/with-added.ts';
import type { CliContext } from '../frame/context.ts';
import { openStore } from './compose-cli.ts';
import type { Connection } from './connection.ts';

/**
 * The same connection, whose settings name what people added, too. It reads the audit log, and only where HSMs are searched for and
 * decisions are sealed, and for no command that is about one HSM of the settings (`hsm`) alone: that must go on whatever is with the log.
 * Fails with `seal-unavailable` or a storage code.
 */
export async function withAddedHsms(
  connection: Connection,
  context: CliContext,
  { hsm }: { readonly hsm?: string | undefined } = {},
): Promise<Connection> {
  const { config } = connection;
  if (config === undefined || config.fleet.scopes.length === 0) return connection;
  if (config.hsms.some(({ name }) => name.toLowerCase() === hsm?.toLowerCase())) return connection;
  const { decided, decisions } = openStore(connection, config, context);
  if (decisions === undefined) return connection;
  return { ...connection, config: withAdded(config, (await decided.read()).added) };
}
