/** Reads documents, and changes them while others may change them too. */
import { definedOnly } from '../defined-only.ts';
import { isWardenError, WardenError } from '../errors.ts';
import type { AddressOf, DocumentKind, DocumentStore, WriteGuard } from './document-store.ts';
import { type DocumentType, parseDocument } from './document-type.ts';

/**
 * How often one change is tried. Each attempt that fails means that another writer came through, so somebody makes progress
 * each time; the limit only keeps a fault that looks like a conflict from going on for ever. It is far above the number of
 * writers that meet over one document: instances that back up single keys of one HSM, or people who decide on one request.
 */
export const CONFLICT_ATTEMPTS = 50;

/** A document as read: what it says, and the guard of its next write. */
export interface Read<T> {
  /** Undefined when there is none. */
  readonly value: T | undefined;
  readonly guard: WriteGuard;
}

/** What a change led to. Equal ETags before and after: it left the document as it was. */
export interface Updated<T> {
  readonly before: Read<T>;
  readonly after: Read<T>;
}

/** Reads a document. Fails with `state-corrupt` or a storage code. */
export async function readDocument<Kind extends DocumentKind, T>(
  store: DocumentStore,
  type: DocumentType<Kind, T>,
  address: AddressOf<Kind>,
  signal?: AbortSignal,
): Promise<Read<T>> {
  const document = await store.read(address, signal);
  if (document === undefined) return { value: undefined, guard: 'absent' };
  const guard = { etag: document.etag };
  try {
    return { value: parseDocument(type, address, document.text), guard };
  } catch (error) {
    if (type.expendable !== true) throw error;
    return { value: undefined, guard };
  }
}

/** What a change makes of a document, and what else it found out. */
export interface Change<T, Result> {
  /** The document from now on; undefined, or what was given: it stays as it is. */
  readonly value: T | undefined;
  readonly result: Result;
}

/**
 * Reads a document, changes it and writes it; reads it again when somebody else wrote meanwhile, and `change` then decides
 * again. A change that returns what it was given writes nothing. Fails with what `change` throws, `state-corrupt`,
 * `state-conflict` after {@link CONFLICT_ATTEMPTS} conflicts, or a storage code.
 */
export async function updateDocument<Kind extends DocumentKind, T>(
  store: DocumentStore,
  type: DocumentType<Kind, T>,
  address: AddressOf<Kind>,
  change: (value: T | undefined, guard: WriteGuard) => T | undefined,
  signal?: AbortSignal,
): Promise<Updated<T>> {
  const decide = async (value: T | undefined, guard: WriteGuard) => ({
    value: change(value, guard),
    result: undefined,
  });
  const { before, after } = await updateDocumentWith(store, type, address, decide, signal);
  return { before, after };
}

/** As {@link updateDocument}, for a change that takes time or finds out more than what to write: its last result is returned. */
export async function updateDocumentWith<Kind extends DocumentKind, T, Result>(
  store: DocumentStore,
  type: DocumentType<Kind, T>,
  address: AddressOf<Kind>,
  change: (value: T | undefined, guard: WriteGuard) => Promise<Change<T, Result>>,
  signal?: AbortSignal,
): Promise<Updated<T> & { readonly result: Result }> {
  return repeatOnConflict(type.name(address), async () => {
    const before = await readDocument(store, type, address, signal);
    const { value, result } = await change(before.value, before.guard);
    if (value === undefined || value === before.value) return { before, after: before, result };
    const etag = await store.write(address, JSON.stringify(value), before.guard, signal);
    return { before, after: { value, guard: { etag } }, result };
  });
}

/**
 * Runs `attempt` until it does not fail with `state-conflict`: each time it must read again what it writes. `name` is what the
 * document is called in the message, which is the same wherever this gives up. Fails with what `attempt` fails with, and with
 * `state-conflict` after `attempts` conflicts.
 */
export async function repeatOnConflict<T>(
  name: string,
  attempt: () => Promise<T>,
  attempts = CONFLICT_ATTEMPTS,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
      if (count === attempts) throw tooManyConflicts(name, attempts, error);
    }
  }
}

function tooManyConflicts(name: string, attempts: number, last: WardenError): WardenError {
  return new WardenError('state-conflict', {
    message: `${name} was changed by others ${attempts} times in a row, each time before a change of ours was written.`,
    advice: 'Nothing is lost: try again. If it goes on, find out who writes to the state container so often.',
    ...definedOnly({ hsm: last.hsm }),
    cause: last,
  });
}
