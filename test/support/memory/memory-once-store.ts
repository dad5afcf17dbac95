/** Write-once texts in memory. */
import type { OnceStore } from '../../../src/core/once-store.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** A {@link OnceStore} that lives as long as its object. Its contents are open to a test that plays the attacker. */
export class MemoryOnceStore implements OnceStore {
  readonly faults = new Faults<'read' | 'write' | 'list'>();
  readonly texts = new Map<string, string>();

  async read(name: string, signal?: AbortSignal): Promise<string | undefined> {
    throwIfAborted(signal);
    await this.faults.meet('read', name);
    return this.texts.get(name);
  }

  async write(name: string, text: string, signal?: AbortSignal): Promise<boolean> {
    throwIfAborted(signal);
    await this.faults.meet('write', name);
    const known = this.texts.get(name);
    if (known === undefined) this.texts.set(name, text);
    return known === undefined || known === text;
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    throwIfAborted(signal);
    await this.faults.meet('list', prefix);
    return [...this.texts.keys()].filter((name) => name.startsWith(prefix)).sort();
  }
}
