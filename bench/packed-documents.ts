/** Documents in memory whose texts are packed: those of hundreds of HSMs are much alike, and would be gigabytes of text. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { StoredDocument } from '../src/core/documents/document-store.ts';
import { MemoryDocumentStore } from '../test/support/memory/memory-document-store.ts';

/** A map that holds bytes, and unpacks what is asked for. */
class PackedMap extends Map<string, StoredDocument> {
  readonly #packed = new Map<string, { readonly etag: string; readonly bytes: Buffer }>();

  override get(subject: string): StoredDocument | undefined {
    const found = this.#packed.get(subject);
    if (found === undefined) return undefined;
    return { etag: found.etag, text: inflateRawSync(found.bytes).toString() };
  }

  override set(subject: string, { etag, text }: StoredDocument): this {
    this.#packed.set(subject, { etag, bytes: deflateRawSync(text, { level: 1 }) });
    // The keys alone are read of the map itself.
    return super.set(subject, { etag, text: '' });
  }
}

/** A {@link MemoryDocumentStore} for a fleet. */
export class PackedDocuments extends MemoryDocumentStore {
  override readonly documents = new PackedMap();
}
