/** Keys as the service writes them. The SDK drops members (`exportable` and the release policy of a list's item, seconds beyond 32 bits). */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

/** https://learn.microsoft.com/rest/api/keyvault/keys/get-key/get-key#keyattributes; moments in seconds since 1970. */
const WireAttributes = z.object({
  enabled: optional(z.boolean()),
  created: optional(z.number()),
  updated: optional(z.number()),
  nbf: optional(z.number()),
  exp: optional(z.number()),
  exportable: optional(z.boolean()),
  recoverableDays: optional(z.number()),
  recoveryLevel: optional(z.string()),
  attestation: optional(z.record(z.string(), z.unknown())),
});
const Shared = z.object({
  attributes: WireAttributes,
  tags: optional(z.record(z.string(), z.string())),
  managed: optional(z.boolean()),
});
const Deletion = z.object({
  recoveryId: optional(z.string()),
  deletedDate: optional(z.number()),
  scheduledPurgeDate: optional(z.number()),
});
const KID = z.string().regex(/^https:\/\/[^/]+\/(?:deleted)?keys\/[^/]+/i, 'expected the URL of a key');

/** A public key; every other member is bytes in base64url. */
const WireJwk = z.looseObject({
  kid: KID,
  kty: z.string(),
  crv: optional(z.string()),
  key_ops: optional(z.array(z.string())),
});
const WireKeySchema = Shared.extend({
  ...Deletion.shape,
  key: WireJwk,
  release_policy: optional(
    z.object({
      contentType: optional(z.string()),
      data: optional(z.string()),
      immutable: optional(z.boolean()),
    }),
  ),
});
const WireItemSchema = Shared.extend({ ...Deletion.shape, kid: KID });

/** A key, active or soft-deleted, with one version. */
export type WireKey = z.output<typeof WireKeySchema>;
/** An item of a list of keys or of versions. */
export type WireItem = z.output<typeof WireItemSchema>;

/** Reads the answer about one key. Fails with `hsm-answer-unexpected`. */
export function readWireKey(answer: unknown, hsm: string): WireKey {
  return read(WireKeySchema, answer, hsm, 'a key');
}

/** A list: its items, and what is wrong with those that cannot be read. */
export interface WireList {
  readonly items: readonly WireItem[];
  readonly odd: readonly string[];
}

/** Reads the items of a list one by one: an odd one does not cost the others. */
export function readWireItems(answers: readonly unknown[], hsm: string): WireList {
  const items: WireItem[] = [];
  const odd: string[] = [];
  for (const answer of answers) {
    const parsed = WireItemSchema.safeParse(answer);
    if (parsed.success) items.push(parsed.data);
    else {
      const kid = z.object({ kid: z.string() }).safeParse(answer);
      odd.push(
        `HSM ${hsm} lists ${kid.success ? kid.data.kid : 'a key'} in a way that cannot be read (${faultsOf(parsed.error)})`,
      );
    }
  }
  return { items, odd };
}

/** Name and version, as the service spells them, from `https://HSM/keys/NAME/VERSION`. */
export function namesIn(kid: string): { readonly name: string; readonly version: string | undefined } {
  const [, , , , name = '', version] = kid.split('/');
  return { name, version: version === '' ? undefined : version };
}

/** Reads `answer` by `schema`. Fails with `hsm-answer-unexpected`, which names the members that do not fit. */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  hsm: string,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new WardenError('hsm-answer-unexpected', {
    message: `HSM ${hsm} answered ${what} in a way that cannot be read (${faultsOf(parsed.error)}).`,
    advice: 'Try again; if it goes on, ask the support of Azure.',
    hsm,
    cause: parsed.error,
  });
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`).join('; ');
}
