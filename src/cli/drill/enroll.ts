/** `hsm-warden drill enroll`: the owner of a symmetric key encrypts the challenge, so that a drill can let the restored key open it. */
import { z } from 'zod';
import type { KeyOperations } from '../../adapters/keyvault/key-operations.ts';
import { isWardenError } from '../../core/errors.ts';
import type { KeyAttributes, KeyDetail } from '../../core/model/key.ts';
import { KeyName } from '../../core/model/names.ts';
import { challengeOf, shortOf } from '../../features/drill/challenge.ts';
import { type Enrolment, saveEnrolments } from '../../features/drill/model/enrolments.ts';
import { keyServiceOn, openStore, operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, counted } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';

/** The service does not say how long a symmetric key is: its algorithms do. */
const SIZES = ['256', '192', '128'] as const;

export const drillEnroll = defineCommand({
  path: 'drill enroll',
  summary: 'Enroll a symmetric key, so that drills can prove it by using it',
  details: [
    'Encrypts (or wraps) a fixed, labelled text with every version of the key that is enabled and within its dates, with your own right to use the key, and stores the ciphertexts. A drill lets the restored key open them. Repeat it after a rotation: a version that is not enrolled is `metadata-only`.',
  ],
  options: [
    { flags: '--hsm <name>', description: 'the HSM of the key, as the settings name it' },
    { flags: '--key <name>', description: 'the key' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden drill enroll --hsm contoso --key payments-data'],
  interrupted: 'what was stored stays. Run the same command again.',
  format: 'table',
  schema: z.object({ ...ConnectionOptions, hsm: z.string().min(1), key: KeyName }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    const [hsm] = chosenHsms(config, given.hsm);
    if (hsm === undefined) throw new UsageError('--hsm names no HSM.');
    const address = { hsm: hsm.name, url: hsm.url };
    const keys = keyServiceOn(connection, address, context.clock);
    const operations = operationsOn(connection, address, context);
    const enrolments: Enrolment[] = [];
    const skipped: Skipped[] = [];
    for (const { version, attributes } of await keys.listVersions(given.key, context.signal)) {
      const why = whyNot(attributes, context.clock.now());
      if (why !== undefined) {
        skipped.push({ version, why });
        continue;
      }
      const detail = await keys.getKey(given.key, version, context.signal);
      const made = await enrol(operations, detail, hsm.resource);
      enrolments.push({ ...made, version, enrolledAt: context.clock.now() });
    }
    if (enrolments.length === 0)
      throw new UsageError(
        `Key ${given.key} has no version on HSM ${hsm.name} that encrypts now.${wordsOf(skipped)}`,
      );
    const { state } = openStore(connection, config, context);
    await saveEnrolments(state, hsm.name, given.key, enrolments, context.signal);
    return {
      data: { hsm: hsm.name, key: given.key, versions: enrolments.map(({ version }) => version), skipped },
      page: `Enrolled ${counted(enrolments.length, 'version')} of key ${given.key}.${wordsOf(skipped)}\n`,
    };
  },
});

interface Skipped {
  readonly version: string;
  readonly why: string;
}

/** Why a version encrypts nothing now: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#key-attributes */
function whyNot(
  { enabled, notBefore = Number.NEGATIVE_INFINITY, expiresAt = Number.POSITIVE_INFINITY }: KeyAttributes,
  now: number,
): string | undefined {
  if (!enabled) return 'disabled';
  if (now < notBefore) return 'not valid yet';
  return now < expiresAt ? undefined : 'expired';
}

function wordsOf(skipped: readonly Skipped[]): string {
  return skipped.map(({ version, why }) => ` Left out: version ${version}, which is ${why}.`).join('');
}

type Made = Omit<Enrolment, 'version' | 'enrolledAt'>;

/** Fails with UsageError for a key that is not symmetric, or that nobody can use so. */
async function enrol(operations: KeyOperations, detail: KeyDetail, resource: string): Promise<Made> {
  const { name, version, keyType, keyOps } = detail;
  if (!keyType.startsWith('oct')) {
    throw new UsageError(`Key ${name} is no symmetric key.`, 'Drills prove it without being enrolled.');
  }
  const challenge = challengeOf({ hsm: resource, key: name, version });
  const wraps = !(keyOps.includes('encrypt') && keyOps.includes('decrypt'));
  if (wraps && !(keyOps.includes('wrapKey') && keyOps.includes('unwrapKey')))
    throw new UsageError(`The operations of key ${name} neither encrypt and decrypt nor wrap and unwrap.`);
  for (const size of SIZES) {
    const algorithm = wraps ? `A${size}KW` : `A${size}GCM`;
    const value = (wraps ? shortOf(challenge) : challenge).toString('base64url');
    try {
      const body = { alg: algorithm, value };
      const made = await operations.use(name, version, { operation: wraps ? 'wrapkey' : 'encrypt', body });
      const { iv, tag } = made;
      return {
        operation: wraps ? 'unwrapKey' : 'decrypt',
        algorithm,
        value: made.value,
        ...(iv !== undefined && { iv }),
        ...(tag !== undefined && { tag }),
      };
    } catch (error) {
      if (!isWardenError(error, 'hsm-refused') || size === SIZES.at(-1)) throw error;
    }
  }
  throw new UsageError(`Key ${name} takes none of the usual algorithms.`);
}
