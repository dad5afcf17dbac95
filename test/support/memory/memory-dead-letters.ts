/** Messages that were set aside, in memory. */
import type { DeadLetter, DeadLetters } from '../../../src/core/ports.ts';

/** {@link DeadLetters} that a test fills. */
export class MemoryDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];

  async list(): Promise<readonly DeadLetter[]> {
    return [...this.letters];
  }

  async retry({ queue, id }: Pick<DeadLetter, 'queue' | 'id'>): Promise<boolean> {
    const place = this.letters.findIndex((letter) => letter.queue === queue && letter.id === id);
    if (place >= 0) this.letters.splice(place, 1);
    return place >= 0;
  }

  async retryAll(queue: string): Promise<number> {
    const ofQueue = this.letters.filter((letter) => letter.queue === queue);
    for (const letter of ofQueue) await this.retry(letter);
    return ofQueue.length;
  }
}
