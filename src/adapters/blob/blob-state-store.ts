/** The state's documents on a Blob container, guarded by the blobs' ETags. */
import type { OpenDocument, StateAddress, StateDocument, StateStore, WriteGuard } from '../../core/ports.ts';
import { type BlobPlace, GuardedBlobs, type GuardedBlobsOptions } from './guarded-blobs.ts';
import { stateBlobName } from './layout.ts';

/** A {@link StateStore} whose ETags are those of the blobs. */
export class BlobStateStore implements StateStore {
  readonly #blobs: GuardedBlobs;

  constructor(options: GuardedBlobsOptions) {
    this.#blobs = new GuardedBlobs(options);
  }

  read(address: StateAddress, signal?: AbortSignal): Promise<StateDocument | undefined> {
    return this.#blobs.read(placeOf(address), signal);
  }

  open(address: StateAddress, signal?: AbortSignal): Promise<OpenDocument | undefined> {
    return this.#blobs.open(placeOf(address), signal);
  }

  write(address: StateAddress, text: string, guard: WriteGuard, signal?: AbortSignal): Promise<string> {
    return this.#blobs.write(placeOf(address), text, guard, signal);
  }

  writeFrom(
    address: StateAddress,
    text: AsyncIterable<string>,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    return this.#blobs.writeFrom(placeOf(address), text, guard, signal);
  }
}

function placeOf(address: StateAddress): BlobPlace {
  return { blob: stateBlobName(address), hsm: address.hsm };
}
