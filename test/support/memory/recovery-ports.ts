/** The recovery's events and identifiers in memory. */
import type { Ids, RecoveryEvent, RecoveryNotifier } from '../../../src/features/recovery/model/ports.ts';
import { Faults } from './faults.ts';

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
