/** Documents guarded by ETags, in memory. */
import type {
  DocumentAddress,
  DocumentStore,
  ListedRecovery,
  OpenDocument,
  StoredDocument,
  WriteGuard,
} from '../../../src/core/documents/document-store.ts';
import { WardenError } from '../../../src/core/errors.ts';
import type { Page } from '../../../src/core/ports.ts';

import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';
import { piecesOf } from './pieces.ts';

/** The subject under which a document is found in faults and in {@link MemoryDocumentStore.documents}: `catalogue/contoso`, `run/contoso/1`, `recovery/{id}`. */
function subjectOf(address: DocumentAddress): string {
  if (address.kind === 'run') return `run/${address.hsm}/${address.runId}`;
  if (address.kind === 'recovery') return `recovery/${address.id}`;
  if (address.kind === 'rearming' || address.kind === 'recovery-index') return address.kind;
  if (address.kind === 'notify-acknowledged' || address.kind === 'fleet') return address.kind;
  if (address.kind === 'fleet-summary') return `${address.kind}/${address.place}`;
  if (address.kind === 'notify-incidents') return `${address.kind}/${address.scope}`;
  if (address.kind === 'notify-channel') return `${address.kind}/${address.channel}`;
  return `${address.kind}/${'hsm' in address ? address.hsm : address.source}`;
}

/** Identifiers in a page of a list. */
const PAGE = 100;
/** Short, so that in small documents, too, lines are cut in two. */
const PIECE = 1000;

/** A {@link DocumentStore} that lives as long as its object. */
export class MemoryDocumentStore implements DocumentStore {
  readonly documents = new Map<string, StoredDocument>();
  readonly faults = new Faults<'read' | 'write' | 'list'>();
  #writes = 0;

  async read(address: DocumentAddress, signal?: AbortSignal): Promise<StoredDocument | undefined> {
    throwIfAborted(signal);
    await this.faults.meet('read', subjectOf(address));
    return this.documents.get(subjectOf(address));
  }

  async open(address: DocumentAddress, signal?: AbortSignal): Promise<OpenDocument | undefined> {
    const document = await this.read(address, signal);
    return document === undefined ? undefined : { etag: document.etag, text: piecesOf(document.text, PIECE) };
  }

  async writeFrom(
    address: DocumentAddress,
    text: AsyncIterable<string>,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    let whole = '';
    for await (const piece of text) whole += piece;
    return this.write(address, whole, guard, signal);
  }

  async write(
    address: DocumentAddress,
    text: string,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    throwIfAborted(signal);
    const subject = subjectOf(address);
    await this.faults.meet('write', subject);
    const expected = guard === 'absent' ? undefined : guard.etag;
    if (this.documents.get(subject)?.etag !== expected) {
      throw new WardenError('state-conflict', {
        message: `The document ${subject} was changed by someone else.`,
        advice: 'Read it again and repeat the change.',
        ...('hsm' in address ? { hsm: address.hsm } : {}),
      });
    }
    this.#writes += 1;
    const etag = `"${this.#writes}"`;
    this.documents.set(subject, { text, etag });
    return etag;
  }

  async list(kind: 'recovery', next?: string, signal?: AbortSignal): Promise<Page<ListedRecovery>> {
    const { items, ...rest } = await this.#list(`${kind}/`, next, signal);
    return {
      ...rest,
      items: items.map((id) => ({ id, etag: this.documents.get(`${kind}/${id}`)?.etag ?? '' })),
    };
  }

  listRuns(hsm: string, next?: string, signal?: AbortSignal): Promise<Page<string>> {
    return this.#list(subjectOf({ kind: 'run', hsm, runId: '' }), next, signal);
  }

  async #list(prefix: string, next?: string, signal?: AbortSignal): Promise<Page<string>> {
    throwIfAborted(signal);
    await this.faults.meet('list', '');
    const ids = [...this.documents.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .sort()
      .filter((id) => next === undefined || id > next);
    const items = ids.slice(0, PAGE);
    const last = items.at(-1);
    return ids.length > PAGE && last !== undefined ? { items, next: last } : { items };
  }
}
