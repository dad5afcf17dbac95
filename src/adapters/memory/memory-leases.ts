/** Leases in memory, which lapse by the clock given. */
import { WardenError } from '../../engine/errors.ts';
import type { Clock, Lease, Leases } from '../../engine/ports.ts';
import { Faults } from './faults.ts';

interface Holding {
  readonly seconds: number;
  endsAt: number;
}

/** {@link Leases} that live as long as their object. As in Blob storage, a lapsed lease nobody else took can be renewed. */
export class MemoryLeases implements Leases {
  readonly faults = new Faults<'acquire' | 'renew' | 'release'>();
  readonly #holdings = new Map<string, Holding>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(name: string, seconds: number): Promise<Lease> {
    await this.faults.meet('acquire', name);
    const held = this.#holdings.get(name);
    if (held !== undefined && held.endsAt > this.#clock.now()) {
      throw new WardenError('lease-held', {
        message: `The lease ${name} is held by another worker.`,
        advice: 'Nothing to do: the other worker does the work.',
      });
    }
    const mine: Holding = { seconds, endsAt: this.#clock.now() + seconds * 1000 };
    this.#holdings.set(name, mine);
    return { renew: () => this.#renew(name, mine), release: () => this.#release(name, mine) };
  }

  /** Ends the lease `name` at once, as if its time had run out and another had taken and returned it. */
  breakLease(name: string): void {
    this.#holdings.delete(name);
  }

  /** Whether `name` is held now. */
  isHeld(name: string): boolean {
    const held = this.#holdings.get(name);
    return held !== undefined && held.endsAt > this.#clock.now();
  }

  async #renew(name: string, mine: Holding): Promise<void> {
    await this.faults.meet('renew', name);
    if (this.#holdings.get(name) !== mine) {
      throw new WardenError('lease-lost', { message: `The lease ${name} lapsed and is no longer ours.` });
    }
    mine.endsAt = this.#clock.now() + mine.seconds * 1000;
  }

  async #release(name: string, mine: Holding): Promise<void> {
    await this.faults.meet('release', name);
    if (this.#holdings.get(name) === mine) this.#holdings.delete(name);
  }
}
