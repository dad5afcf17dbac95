/** The recovery's documents, events and identifiers in memory. */
import { WardenError } from '../../../src/core/errors.ts';
import type { Page, WriteGuard } from '../../../src/core/ports.ts';
import type {
  Ids,
  RecoveryAddress,
  RecoveryEvent,
  RecoveryNotifier,
  RecoveryStore,
  StoredDocument,
} from '../../../src/features/recovery/model/ports.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

const PAGE = 100;

/** A {@link RecoveryStore} that lives as long as its object. */
export class MemoryRecoveryStore implements RecoveryStore {
  readonly documents = new Map<string, StoredDocument>();
  readonly faults = new Faults<'read' | 'write' | 'list'>();
  #writes = 0;

  async read(address: RecoveryAddress, signal?: AbortSignal): Promise<StoredDocument | undefined> {
    throwIfAborted(signal);
    await this.faults.meet('read', subject(address));
    return this.documents.get(subject(address));
  }

  async write(
    address: RecoveryAddress,
    text: string,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    throwIfAborted(signal);
    await this.faults.meet('write', subject(address));
    const expected = guard === 'absent' ? undefined : guard.etag;
    if (this.documents.get(subject(address))?.etag !== expected) {
      throw new WardenError('state-conflict', {
        message: `The document ${subject(address)} was changed by someone else.`,
      });
    }
    this.#writes += 1;
    const etag = `"${this.#writes}"`;
    this.documents.set(subject(address), { text, etag });
    return etag;
  }

  async list(next?: string, signal?: AbortSignal): Promise<Page<string>> {
    throwIfAborted(signal);
    await this.faults.meet('list', '');
    const ids = [...this.documents.keys()]
      .filter((name) => name.startsWith('recovery/'))
      .map((name) => name.slice('recovery/'.length))
      .sort()
      .filter((id) => next === undefined || id > next);
    const items = ids.slice(0, PAGE);
    const last = items.at(-1);
    return ids.length > PAGE && last !== undefined ? { items, next: last } : { items };
  }
}

/** A notifier that keeps its events. */
export class RecordingNotifier implements RecoveryNotifier {
  readonly events: RecoveryEvent[] = [];
  readonly faults = new Faults<'notify'>();

  async notify(event: RecoveryEvent): Promise<void> {
    await this.faults.meet('notify', event.type);
    this.events.push(event);
  }
}

/** Identifiers that count. */
export class CountingIds implements Ids {
  #count = 0;

  next(): string {
    this.#count += 1;
    return String(this.#count).padStart(26, '0');
  }
}

function subject(address: RecoveryAddress): string {
  return address.kind === 'recovery' ? `recovery/${address.id}` : `${address.kind}/${address.source}`;
}
