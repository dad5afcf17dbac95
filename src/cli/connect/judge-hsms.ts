/** Asks all chosen HSMs concurrently, and what is stored about each, whether its keys are safe. Changes nothing. */
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { type HsmStatus, wasSeen } from '../../features/status/hsm-status.ts';
import { judgeHsm } from '../../features/status/judge-hsm.ts';
import { watchPolicy } from '../../features/watch/settings.ts';
import type { HsmConfig } from '../../platform/config/config.ts';
import type { CliContext } from '../frame/context.ts';
import { cliLogger, keyServiceOf, openStore } from './compose-cli.ts';
import { type Connection, requireConfig } from './connection.ts';
import type { Trouble } from './doubts.ts';

/** The status of each HSM, in their order. Fails with `aborted` or `signed-out`. */
export function judgeHsms(
  connection: Connection,
  hsms: readonly HsmConfig[],
  context: CliContext,
): Promise<readonly HsmStatus[]> {
  const config = requireConfig(connection);
  const { state, backups, auditStore, anchor, decisions } = openStore(connection, config, context);
  const { clock, signal } = context;
  const deps = {
    state,
    backups,
    auditStore,
    anchor,
    decisions,
    clock,
    logger: cliLogger(context),
    retry: DEFAULT_RETRY,
  };
  const policy = watchPolicy(config);
  return Promise.all(
    hsms.map((hsm) => {
      const keys = keyServiceOf(connection, hsm, clock);
      return judgeHsm({ ...deps, keys }, policy, signal);
    }),
  );
}

/** What could not be read, HSM by HSM. */
export function troublesOf(statuses: readonly HsmStatus[]): readonly Trouble[] {
  return statuses.flatMap((one) => (wasSeen(one) ? [] : [{ hsm: one.hsm, ...one.trouble }]));
}
