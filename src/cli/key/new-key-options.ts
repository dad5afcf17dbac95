/** Options of a new key, shared by create and import. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';

const OPERATIONS = [
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
];

const Instant = z
  .string()
  .transform((text) => new Date(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`))
  .refine((date) => !Number.isNaN(date.getTime()), 'expected a moment like 2027-01-31T00:00:00Z');

/** `a=b c` as az reads it: a tag without `=` has an empty value. */
const Tags = z.union([z.boolean(), z.array(z.string())]).transform((given) => {
  const pairs = Array.isArray(given) ? given : [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
});

/** The values of {@link NEW_KEY_OPTIONS}. */
export const NewKeyOptions = {
  ops: z.array(z.string()).optional(),
  tags: Tags.optional(),
  disabled: z.union([z.boolean(), z.stringbool()]).optional(),
  expires: Instant.optional(),
  notBefore: Instant.optional(),
};
type Given = z.output<z.ZodObject<typeof NewKeyOptions>>;

/** The attributes as the SDK takes them. */
export function newKeyAttributes({ tags, disabled, expires, notBefore }: Given) {
  return {
    ...(tags === undefined || Object.keys(tags).length === 0 ? {} : { tags }),
    ...(disabled === undefined ? {} : { enabled: !disabled }),
    ...(expires === undefined ? {} : { expiresOn: expires }),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}
