/** `hsm-warden key rotation-policy show` and `update`: when the HSM rotates a key on its own. */
import { z } from 'zod';
import type { RotationPolicy } from '../../adapters/keyvault/key-operations.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { azMoment } from './az-output.ts';
import { jsonOrFile } from './release-policy.ts';

export const keyRotationPolicyShow = defineCommand({
  path: 'key rotation-policy show',
  isAz: true,
  summary: 'Show the rotation policy of a key',
  options: [...KEY_OPTIONS, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden key rotation-policy show --hsm-name ContosoHSM --name myrsakey'],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    return { data: azPolicy(await operationsOn(connection, address, context).rotationPolicy(address.key)) };
  },
});

export const keyRotationPolicyUpdate = defineCommand({
  path: 'key rotation-policy update',
  isAz: true,
  summary: 'Replace the rotation policy of a key',
  options: [
    ...KEY_OPTIONS,
    { flags: '--value <json>', description: 'the rotation policy as JSON, or a file that holds it' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key rotation-policy update --hsm-name ContosoHSM --name myrsakey --value policy.json',
  ],
  interrupted:
    'whether the policy was replaced is not known; hsm-warden key rotation-policy show shows it. The same command can be run again.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    value: z.string('expected JSON, or a path').min(1, 'expected JSON, or a path'),
  }),
  async run(context, given) {
    const body = policyBody(jsonOrFile(given.value, '--value'));
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const operations = operationsOn(connection, address, context);
    return { data: azPolicy(await operations.setRotationPolicy(address.key, body)) };
  },
});

function azPolicy({ id, attributes, lifetimeActions = [] }: RotationPolicy) {
  return {
    createdOn: azMoment(attributes.created),
    expiresIn: attributes.expiryTime ?? null,
    id: id ?? null,
    lifetimeActions: lifetimeActions.map(({ action, trigger }) => ({
      action: action.type,
      timeAfterCreate: trigger.timeAfterCreate ?? null,
      timeBeforeExpiry: trigger.timeBeforeExpiry ?? null,
    })),
    updatedOn: azMoment(attributes.updated),
  };
}

const Text = z.string().nullish();
const Times = {
  timeAfterCreate: Text,
  timeBeforeExpiry: Text,
  time_after_create: Text,
  time_before_expiry: Text,
};
const Actions = z.array(
  z.object({
    action: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]),
    trigger: z.object(Times).nullish(),
    ...Times,
  }),
);
/** The forms that az takes: the service's own, and the one it shows, each in both spellings. */
const Given = z.object({
  attributes: z.object({ expiryTime: Text, expiry_time: Text }).nullish(),
  expiresIn: Text,
  expires_in: Text,
  lifetimeActions: Actions.nullish(),
  lifetime_actions: Actions.nullish(),
});

/** The policy as the service takes it. Fails with UsageError. */
function policyBody(value: unknown): object {
  const parsed = Given.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new UsageError(
      `--value is no rotation policy: ${faults.join('; ')}.`,
      'An example: {"lifetimeActions":[{"trigger":{"timeAfterCreate":"P90D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P2Y"}}',
    );
  }
  const { attributes, lifetimeActions, lifetime_actions, expiresIn, expires_in } = parsed.data;
  const expiryTime = attributes?.expiryTime ?? attributes?.expiry_time ?? expiresIn ?? expires_in;
  return {
    lifetimeActions: (lifetimeActions ?? lifetime_actions ?? []).map((given) => {
      const times = { ...given, ...given.trigger };
      const timeAfterCreate = times.timeAfterCreate ?? times.time_after_create;
      const timeBeforeExpiry = times.timeBeforeExpiry ?? times.time_before_expiry;
      return {
        action: { type: given.action },
        trigger: {
          ...(timeAfterCreate == null ? {} : { timeAfterCreate }),
          ...(timeBeforeExpiry == null ? {} : { timeBeforeExpiry }),
        },
      };
    }),
    attributes: expiryTime == null ? {} : { expiryTime },
  };
}
