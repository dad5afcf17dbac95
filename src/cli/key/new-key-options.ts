/** Options of a new key, shared by create and import. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { OptionSpec } from '../frame/command.ts';
import { Moment } from '../frame/moment.ts';
import { DEFAULT_CVM_POLICY, POLICY_OPTIONS, PolicyOptions, releasePolicyOf } from './release-policy.ts';

export const OPERATIONS = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'wrapKey',
  'unwrapKey',
  'import',
  'export',
  'deriveKey',
];

/** Attributes that a key gets when it is made. */
export const NEW_KEY_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--ops <ops...>',
    description: `permitted operations: ${OPERATIONS.join(' ')}`,
    choices: OPERATIONS,
  },
  { flags: '--tags [tags...]', description: 'tags, like owner=platform env=prod' },
  { flags: '--disabled [yes]', description: 'make the key disabled', choices: ['true', 'false'] },
  { flags: '--expires <when>', description: 'when the key expires, UTC, like 2027-01-31T00:00:00Z' },
  { flags: '--not-before <when>', description: 'when the key becomes usable, UTC' },
  {
    flags: '-p, --protection <kind>',
    description: 'hsm; a Managed HSM protects every key itself',
    choices: ['hsm', 'software'],
  },
  {
    flags: '--exportable [yes]',
    description: 'whether the private key may leave the HSM under its release policy',
    choices: ['true', 'false'],
  },
  ...POLICY_OPTIONS,
  DEFAULT_CVM_POLICY,
];

/** `a=b c` as az reads it: a tag without `=` has an empty value, and an empty text is no tag at all. */
export const Tags = z.union([z.boolean(), z.array(z.string())]).transform((given, context) => {
  const pairs = Array.isArray(given) ? given.filter((pair) => pair.trim() !== '') : [];
  const tags = pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')] as const;
  });
  const nameless = tags.find(([name]) => name.trim() === '');
  if (nameless === undefined) return Object.fromEntries(tags);
  context.addIssue({ code: 'custom', message: `expected a name before the = of "=${nameless[1]}"` });
  return z.NEVER;
});

/** The values of {@link NEW_KEY_OPTIONS}. */
export const NewKeyOptions = {
  ops: z.array(z.string()).optional(),
  tags: Tags.optional(),
  disabled: z.union([z.boolean(), z.stringbool()]).optional(),
  expires: Moment.optional(),
  notBefore: Moment.optional(),
  protection: z
    .enum(['hsm', 'software'])
    .refine((kind) => kind === 'hsm', 'a Managed HSM has no keys that are protected by software only')
    .optional(),
  exportable: z.union([z.boolean(), z.stringbool()]).optional(),
  ...PolicyOptions,
};
type Given = z.output<z.ZodObject<typeof NewKeyOptions>>;

/** The attributes as the SDK takes them. Fails with UsageError for a release policy that is none. */
export function newKeyAttributes({ tags, disabled, expires, notBefore, exportable, ...policy }: Given) {
  return {
    ...definedOnly({ exportable, releasePolicy: releasePolicyOf(policy) }),
    ...(tags === undefined || Object.keys(tags).length === 0 ? {} : { tags }),
    ...(disabled === undefined ? {} : { enabled: !disabled }),
    ...definedOnly({ expiresOn: expires, notBefore }),
  };
}
