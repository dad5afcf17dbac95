/** What the product knows of one kind of document: declared once, beside the type of its content. */
import { z } from 'zod';
import { WardenError } from '../errors.ts';
import { parseWellFormed } from '../well-formed.ts';
import type { AddressOf, DocumentKind } from './document-store.ts';

/** One kind of JSON document. */
export interface DocumentType<Kind extends DocumentKind, T> {
  readonly kind: Kind;
  /** Its schema, format version included. */
  readonly schema: z.ZodType<T>;
  /** What it is called in messages, as in "{name} cannot be read". */
  readonly name: (address: AddressOf<Kind>) => string;
  /** What a person can do when it cannot be read. */
  readonly advice: string;
  /** What is wrong with a value that the schema takes, if anything: e.g. that it belongs under another address. */
  readonly check?: (value: T, address: AddressOf<Kind>) => string | undefined;
  /** Set when one that cannot be read counts as absent: it holds nothing that is missed. */
  readonly expendable?: true;
}

/** Reads the text of a document. Fails with `state-corrupt`. */
export function parseDocument<Kind extends DocumentKind, T>(
  type: DocumentType<Kind, T>,
  address: AddressOf<Kind>,
  text: string,
): T {
  let json: unknown;
  try {
    json = parseWellFormed(text);
  } catch (cause) {
    throw corrupt(type, address, 'it is not JSON', cause);
  }
  const parsed = type.schema.safeParse(json);
  if (!parsed.success) throw corrupt(type, address, z.prettifyError(parsed.error), parsed.error);
  const problem = type.check?.(parsed.data, address);
  if (problem !== undefined) throw corrupt(type, address, problem);
  return parsed.data;
}

function corrupt<Kind extends DocumentKind, T>(
  type: DocumentType<Kind, T>,
  address: AddressOf<Kind>,
  why: string,
  cause?: unknown,
): WardenError {
  return new WardenError('state-corrupt', {
    message: `${type.name(address)} cannot be read: ${why}`,
    advice: type.advice,
    ...('hsm' in address ? { hsm: address.hsm } : {}),
    cause,
  });
}
