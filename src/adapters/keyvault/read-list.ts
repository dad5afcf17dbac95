/** Reads a list of keys item by item, past the SDK: one item that cannot be read must not cost the others. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import type { KeyAttributes, ListedDeletedKey, ListedKey } from '../../core/model/key.ts';
import type { OddItem } from '../../core/ports.ts';
import { LAST_MOMENT_MS, momentOf } from './moments.ts';

const Seconds = z
  .number()
  .min(0)
  .max(LAST_MOMENT_MS / 1000);
/** A member that may be absent may also be null. */
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);
const Far = optional(z.number());

const KID = /^https:\/\/[^/]+\/(?:deleted)?keys\/([0-9A-Za-z-]{1,127})(?:\/[^/]*)?\/?$/i;

/** An item as the service writes it: https://learn.microsoft.com/rest/api/keyvault/keys/get-keys/get-keys#keyitem */
const Item = z.object({
  kid: z.string().regex(KID),
  attributes: z.object({
    enabled: optional(z.boolean()),
    created: Seconds,
    updated: Seconds,
    nbf: Far,
    exp: Far,
    exportable: optional(z.boolean()),
    recoveryLevel: optional(z.string()),
    recoverableDays: optional(z.int()),
  }),
  tags: optional(z.record(z.string(), z.string())),
  managed: optional(z.boolean()),
});
const DeletedItem = Item.extend({ deletedDate: Seconds, scheduledPurgeDate: Seconds });
const Kid = z.object({ kid: z.string() });

/** The items of one page, read one by one, and those that could not be read. */
export interface ReadItems<T> {
  readonly items: readonly T[];
  readonly odd: readonly OddItem[];
}

/** Items of the list of keys. */
export function readListedKeys(raw: readonly unknown[], hsm: string): ReadItems<ListedKey> {
  return readEach(raw, hsm, Item, toListed);
}

/** Items of the list of soft-deleted keys. */
export function readListedDeletedKeys(raw: readonly unknown[], hsm: string): ReadItems<ListedDeletedKey> {
  return readEach(raw, hsm, DeletedItem, (item) => ({
    ...toListed(item),
    deletedAt: item.deletedDate * 1000,
    scheduledPurgeAt: item.scheduledPurgeDate * 1000,
  }));
}

function readEach<Schema extends z.ZodType, T>(
  raw: readonly unknown[],
  hsm: string,
  schema: Schema,
  convert: (item: z.output<Schema>) => T,
): ReadItems<T> {
  const items: T[] = [];
  const odd: OddItem[] = [];
  for (const value of raw) {
    const parsed = schema.safeParse(value);
    if (parsed.success) items.push(convert(parsed.data));
    else odd.push(oddItem(value, parsed.error, hsm));
  }
  return { items, odd };
}

function oddItem(value: unknown, cause: z.ZodError, hsm: string): OddItem {
  const kid = Kid.safeParse(value);
  const name = kid.success ? KID.exec(kid.data.kid)?.[1] : undefined;
  const faults = cause.issues
    .map(({ path, message }) => `${path.join('.') || 'item'}: ${message}`)
    .join('; ');
  const error = new WardenError('hsm-answer-unexpected', {
    message: `HSM ${hsm} lists ${name === undefined ? 'a key whose name cannot be read' : `key ${name}`} in a way that cannot be read (${faults}).`,
    advice: 'Read that key alone; if it goes on, ask the support of Azure.',
    hsm,
    ...definedOnly({ key: name }),
    cause,
  });
  return name === undefined ? { error } : { name, error };
}

function toListed({ kid, attributes, tags, managed }: z.output<typeof Item>): ListedKey {
  return {
    name: KID.exec(kid)?.[1] ?? '',
    attributes: toAttributes(attributes),
    tags: tags ?? {},
    managed: managed ?? false,
  };
}

function toAttributes(item: z.output<typeof Item>['attributes']): KeyAttributes {
  const { enabled, created, updated, nbf, exp, exportable, recoveryLevel, recoverableDays } = item;
  return {
    enabled: enabled ?? true,
    createdAt: created * 1000,
    updatedAt: updated * 1000,
    ...(nbf === undefined ? {} : { notBefore: momentOf(nbf * 1000) }),
    ...(exp === undefined ? {} : { expiresAt: momentOf(exp * 1000) }),
    ...definedOnly({ exportable, recoveryLevel, recoverableDays }),
  };
}
