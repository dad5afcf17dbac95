/** Documents guarded by ETags, in memory. */
import { WardenError } from '../../../src/core/errors.ts';
import type {
  OpenDocument,
  StateAddress,
  StateDocument,
  StateStore,
  WriteGuard,
} from '../../../src/core/ports.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';
import { piecesOf } from './pieces.ts';

/** The subject under which a document is found in faults and in {@link MemoryStateStore.documents}: `catalogue/contoso`, `run/contoso/1`. */
function stateSubject(address: StateAddress): string {
  return address.kind === 'run' ? `run/${address.hsm}/${address.runId}` : `${address.kind}/${address.hsm}`;
}

/** Short, so that in small documents, too, lines are cut in two. */
const PIECE = 1000;

/** A {@link StateStore} that lives as long as its object. */
export class MemoryStateStore implements StateStore {
  readonly documents = new Map<string, StateDocument>();
  readonly faults = new Faults<'read' | 'write'>();
  #writes = 0;

  async read(address: StateAddress, signal?: AbortSignal): Promise<StateDocument | undefined> {
    throwIfAborted(signal);
    await this.faults.meet('read', stateSubject(address));
    return this.documents.get(stateSubject(address));
  }

  async open(address: StateAddress, signal?: AbortSignal): Promise<OpenDocument | undefined> {
    const document = await this.read(address, signal);
    return document === undefined ? undefined : { etag: document.etag, text: piecesOf(document.text, PIECE) };
  }

  async writeFrom(
    address: StateAddress,
    text: AsyncIterable<string>,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    let whole = '';
    for await (const piece of text) whole += piece;
    return this.write(address, whole, guard, signal);
  }

  async write(address: StateAddress, text: string, guard: WriteGuard, signal?: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    const subject = stateSubject(address);
    await this.faults.meet('write', subject);
    const expected = guard === 'absent' ? undefined : guard.etag;
    if (this.documents.get(subject)?.etag !== expected) {
      throw new WardenError('state-conflict', {
        message: `The document ${subject} was changed by someone else.`,
        advice: 'Read it again and repeat the change.',
        hsm: address.hsm,
      });
    }
    this.#writes += 1;
    const etag = `"${this.#writes}"`;
    this.documents.set(subject, { text, etag });
    return etag;
  }
}
