/** For commands about every HSM that is protected: those of the settings, and those that people added. */
import { isWardenError } from '../../core/errors.ts';
import { NOTHING_DECIDED } from '../../features/fleet/decisions.ts';
import { fleetOf } from '../../features/fleet/model/states.ts';
import { readFleet } from '../../features/fleet/read-fleet.ts';
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
  return { ...connection, config: withAdded(config, await decided.added()) };
}

/**
 * As {@link withAddedHsms}, for commands that do what they can: where the audit log cannot be read it is the same connection, and `doubt`
 * says in a sentence which HSMs the command may miss.
 */
export async function withKnownHsms(
  connection: Connection,
  context: CliContext,
  chosen: { readonly hsm?: string | undefined } = {},
): Promise<{ readonly connection: Connection; readonly doubt?: string }> {
  try {
    return { connection: await withAddedHsms(connection, context, chosen) };
  } catch (error) {
    if (context.signal.aborted || !isWardenError(error)) throw error;
    return {
      connection,
      doubt: `CANNOT TELL: which HSMs people added could not be read, and nothing was done about them${await candidates(connection, context)}. ${error.message}`,
    };
  }
}

/** Those that were found and that no setting names: any of them may have been added. */
async function candidates(connection: Connection, context: CliContext): Promise<string> {
  const { config } = connection;
  if (config === undefined) return '';
  try {
    const { state, seals } = openStore(connection, config, context);
    const { fleet } = await readFleet(state, seals, context.clock.now(), context.signal);
    const names = fleetOf(config.hsms, fleet, NOTHING_DECIDED)
      .filter((one) => one.state === 'found' || one.state === 'not-onboarded')
      .map(({ name }) => name);
    return names.length === 0 ? '' : ` (of those that were found it may be: ${names.join(', ')})`;
  } catch (error) {
    if (context.signal.aborted || !isWardenError(error)) throw error;
    return '';
  }
}
