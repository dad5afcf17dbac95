/** `hsm-warden key set-attributes`: changes what a version of a key may be used for, and when. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { AddressOptions, KEY_OPTIONS, type KeyAddress, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { Moment } from '../frame/moment.ts';
import { azKey } from './az-output.ts';
import { VERSION_OPTION, VersionOption } from './common-options.ts';
import { keyTable } from './key-tables.ts';
import { OPERATIONS, Tags } from './new-key-options.ts';
import { POLICY_OPTIONS, PolicyOptions, releasePolicyOf } from './release-policy.ts';

const Schema = z.object({
  ...AddressOptions,
  ...ConnectionOptions,
  ...VersionOption,
  enabled: z.union([z.boolean(), z.stringbool()]).optional(),
  expires: Moment.optional(),
  notBefore: Moment.optional(),
  ops: z.array(z.string()).optional(),
  tags: Tags.optional(),
  policy: PolicyOptions.policy,
  immutable: PolicyOptions.immutable,
});
type Given = z.output<typeof Schema>;

export const keySetAttributes = defineCommand({
  path: 'key set-attributes',
  isAz: true,
  summary: 'Change the attributes, tags, operations or release policy of a key',
  details: [
    'What is not named stays; --tags and --ops replace all tags and operations. A change that takes the key away from whoever uses it is warned of: disabling, an expiry that is over, a beginning that is to come, operations taken away.',
  ],
  options: [
    ...KEY_OPTIONS,
    VERSION_OPTION,
    { flags: '--enabled [yes]', description: 'whether the key can be used', choices: ['true', 'false'] },
    { flags: '--expires <when>', description: 'when the key expires, UTC, like 2027-01-31T00:00:00Z' },
    { flags: '--not-before <when>', description: 'when the key becomes usable, UTC' },
    {
      flags: '--ops [ops...]',
      description: `permitted operations: ${OPERATIONS.join(' ')}`,
      choices: OPERATIONS,
    },
    { flags: '--tags [tags...]', description: 'tags in place of those there are, like owner=platform' },
    ...POLICY_OPTIONS,
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key set-attributes --hsm-name ContosoHSM --name myrsakey --enabled false',
    'hsm-warden key set-attributes --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey --expires 2030-01-01 --tags owner=platform',
  ],
  interrupted:
    'whether the key was changed is not known; hsm-warden key show shows it. The same command can be run again.',
  schema: Schema,
  async run(context, given) {
    const releasePolicy = releasePolicyOf(given);
    const change = definedOnly({
      enabled: given.enabled,
      expiresOn: given.expires,
      notBefore: given.notBefore,
      keyOps: given.ops,
      tags: given.tags,
      releasePolicy,
    });
    if (Object.keys(change).length === 0) {
      throw new UsageError(
        'Nothing was named that is to be changed.',
        'Add --enabled, --expires, --tags or another.',
      );
    }
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const admin = administrationOn(connection, address, context);
    const key = await admin.update(address.key, given.version ?? address.version, change);
    warn(given, address, context);
    return { data: azKey(key), table: keyTable(key) };
  },
});

/** Says what the change takes away from whoever uses the key. */
function warn(given: Given, { hsm, key }: KeyAddress, context: CliContext): void {
  const now = context.clock.now();
  const losses = [
    ...(given.enabled === false ? ['refuse every use of it'] : []),
    ...(given.expires !== undefined && given.expires.getTime() <= now ? ['treat it as expired'] : []),
    ...(given.notBefore !== undefined && given.notBefore.getTime() > now
      ? [`refuse to use it before ${given.notBefore.toISOString()}`]
      : []),
    ...(given.ops === undefined ? [] : [`permit ${given.ops.join(', ') || 'nothing'} alone`]),
  ];
  if (losses.length === 0) return;
  context.stderr.write(
    `Warning: from now on HSM ${hsm} will ${losses.join(', and ')}. When key ${key} was last used is not known here: the AuditEvent log of the HSM says so. Whoever still uses it fails.\n`,
  );
}
