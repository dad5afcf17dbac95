/** Identifiers in memory. */
import type { Ids } from '../../../src/features/recovery/model/ports.ts';

/** Identifiers that count. */
export class CountingIds implements Ids {
  #count = 0;

  next(): string {
    this.#count += 1;
    return String(this.#count).padStart(26, '0');
  }
}
