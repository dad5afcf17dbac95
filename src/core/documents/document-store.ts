/** Documents of state, guarded by ETags: the port through which every feature keeps what it must remember. */
import type { Page } from '../ports.ts';

/**
 * The address of a document: the closed list of everything that is kept. Under which blob name is the adapter's business;
 * docs/backup-format.md describes the names, which are part of the stored format.
 */
export type DocumentAddress =
  | { readonly kind: 'catalogue'; readonly hsm: string }
  | { readonly kind: 'run'; readonly hsm: string; readonly runId: string }
  | { readonly kind: 'last-run'; readonly hsm: string }
  | { readonly kind: 'open-run'; readonly hsm: string }
  | { readonly kind: 'watch'; readonly hsm: string }
  | { readonly kind: 'verify'; readonly hsm: string }
  | { readonly kind: 'summary'; readonly hsm: string }
  | { readonly kind: 'pace'; readonly hsm: string }
  | { readonly kind: 'drill'; readonly hsm: string }
  | { readonly kind: 'drill-results'; readonly hsm: string }
  | { readonly kind: 'drill-enrolments'; readonly hsm: string }
  | { readonly kind: 'recovery'; readonly id: string }
  | { readonly kind: 'adoptions'; readonly hsm: string }
  | { readonly kind: 'fleet' }
  | { readonly kind: 'fleet-summary'; readonly place: number }
  | { readonly kind: 'recovery-index' }
  | { readonly kind: 'rearming' }
  | { readonly kind: 'webhook-rate'; readonly source: string }
  | { readonly kind: 'notify-incidents'; readonly scope: string }
  | { readonly kind: 'notify-channel'; readonly channel: string }
  | { readonly kind: 'notify-acknowledged' };

/** The kind of a document. */
export type DocumentKind = DocumentAddress['kind'];

/** The address of a document of one kind. */
export type AddressOf<Kind extends DocumentKind> = Extract<DocumentAddress, { readonly kind: Kind }>;

/** A document as read: its text and the tag that guards its next write. */
export interface StoredDocument {
  readonly text: string;
  readonly etag: string;
}

/** A document whose text comes in pieces as it is read. It must be read to its end, or its iteration ended. */
export interface OpenDocument {
  readonly text: AsyncIterable<string>;
  readonly etag: string;
}

/** A stored recovery as a list names it. */
export interface ListedRecovery {
  readonly id: string;
  /** As {@link StoredDocument.etag}: another one since it was read means that it was written since. */
  readonly etag: string;
}

/** On which condition a document is written: that it still has this ETag, or that there is none. */
export type WriteGuard = { readonly etag: string } | 'absent';

/**
 * Documents guarded by ETags. Any method may fail with `storage-unreachable`, `storage-throttled`, `storage-unavailable`,
 * `storage-forbidden`, `storage-refused`, `storage-token-unavailable`, or `aborted`.
 */
export interface DocumentStore {
  /** The document, or undefined when there is none. */
  read(address: DocumentAddress, signal?: AbortSignal): Promise<StoredDocument | undefined>;
  /** Reads a document of megabytes, of which no more than a piece is in memory. Its text may fail as `read` does. */
  open(address: DocumentAddress, signal?: AbortSignal): Promise<OpenDocument | undefined>;
  /**
   * Writes only if the document still has `etag`, or with `'absent'` only if there is none. Returns the new ETag. Fails with
   * `state-conflict`.
   */
  write(address: DocumentAddress, text: string, guard: WriteGuard, signal?: AbortSignal): Promise<string>;
  /**
   * Writes a document of megabytes from pieces, whole or not at all: when `text` throws, so does this, and nothing is
   * changed. A piece ends with a whole character. Otherwise as `write`.
   */
  writeFrom(
    address: DocumentAddress,
    text: AsyncIterable<string>,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string>;
  /** The stored recoveries, a page at a time, each once: the first page, or the one that `next` of the page before names. */
  list(kind: 'recovery', next?: string, signal?: AbortSignal): Promise<Page<ListedRecovery>>;
  /** The ids of the stored runs over an HSM, oldest first, a page at a time. */
  listRuns(hsm: string, next?: string, signal?: AbortSignal): Promise<Page<string>>;
}
