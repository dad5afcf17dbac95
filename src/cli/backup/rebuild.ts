/** `hsm-warden backup rebuild`: makes the catalogue again from the backups alone, while nobody else works on the HSM. */
import { z } from 'zod';
import { giveBack } from '../../core/give-back.ts';
import { rebuild } from '../../features/backup/rebuild.ts';
import { LEASE_SECONDS } from '../../features/backup/sweep.ts';
import { cliLogger, openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';

export const backupRebuild = defineCommand({
  path: 'backup rebuild',
  summary: 'Make the catalogue again from the backups alone',
  details: [
    'For when the state is lost or cannot be read. Where seals are configured it believes sealed backups only; backup list --all shows the others. It holds the lease of the HSM meanwhile, so no run is disturbed.',
  ],
  format: 'table',
  options: [HSM_CHOICE, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden backup rebuild --hsm contoso'],
  interrupted: 'the catalogue is the old one or the new one, never half of it. Run the same command again.',
  schema: z.object({ ...HsmChoice, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const { leases, ...store } = openStore(connection, config, context);
    const logger = cliLogger(context);
    const results = [];
    for (const { name } of chosenHsms(config, given.hsm)) {
      const lease = await leases.acquire(`hsm-${name}`, LEASE_SECONDS);
      try {
        results.push(await rebuild({ ...store, logger }, name));
      } finally {
        await giveBack(lease, logger, { hsm: name });
      }
    }
    return {
      data: results,
      table: {
        columns: ['Hsm', 'Keys', 'Backups', 'Runs', 'WithoutGoodSeal'],
        rows: results.map(({ hsm, keys, backups, runs, unproven }) => [hsm, keys, backups, runs, unproven]),
      },
    };
  },
});
