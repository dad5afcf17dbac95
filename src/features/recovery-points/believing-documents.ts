/** The store of documents where seals are configured: it tells the readers of a document what of it counts, and what it should hold. */
import type { DocumentAddress, DocumentStore, WriteGuard } from '../../core/documents/document-store.ts';
import type { FindingNotes } from '../notes/finding-notes.ts';
import type { CatalogueStore } from './catalogue.ts';
import type { PointSeals } from './point-seals.ts';

/** A {@link CatalogueStore}; the documents themselves are those of `inner`. */
export class BelievingDocuments implements CatalogueStore {
  readonly points: PointSeals;
  readonly notes: FindingNotes | undefined;
  readonly #inner: DocumentStore;

  constructor(inner: DocumentStore, points: PointSeals, notes?: FindingNotes) {
    this.points = points;
    this.notes = notes;
    this.#inner = inner;
  }

  read(address: DocumentAddress, signal?: AbortSignal) {
    return this.#inner.read(address, signal);
  }

  open(address: DocumentAddress, signal?: AbortSignal) {
    return this.#inner.open(address, signal);
  }

  write(address: DocumentAddress, text: string, guard: WriteGuard, signal?: AbortSignal) {
    return this.#inner.write(address, text, guard, signal);
  }

  writeFrom(address: DocumentAddress, text: AsyncIterable<string>, guard: WriteGuard, signal?: AbortSignal) {
    return this.#inner.writeFrom(address, text, guard, signal);
  }

  list(kind: 'recovery', next?: string, signal?: AbortSignal) {
    return this.#inner.list(kind, next, signal);
  }

  listRuns(hsm: string, next?: string, signal?: AbortSignal) {
    return this.#inner.listRuns(hsm, next, signal);
  }
}
