/** Leases in memory: held until they are released, broken, or abandoned by a holder that "died". */
import { WardenError } from '../../../src/core/errors.ts';
import type { Clock, Lease, Leases } from '../../../src/core/ports.ts';
import { Faults } from './faults.ts';

interface Holding {
  readonly seconds: number;
  readonly lost: AbortController;
  /** When it lapses, epoch milliseconds; never while its holder lives. */
  endsAt: number;
}

/** {@link Leases} that live as long as their object. */
export class MemoryLeases implements Leases {
  readonly faults = new Faults<'acquire' | 'release'>();
  readonly #holdings = new Map<string, Holding>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(name: string, seconds: number): Promise<Lease> {
    await this.faults.meet('acquire', name);
    if (this.isHeld(name)) {
      throw new WardenError('lease-held', {
        message: `The lease ${name} is held by another worker.`,
        advice: 'Nothing to do: the other worker does the work.',
      });
    }
    const mine: Holding = { seconds, lost: new AbortController(), endsAt: Number.POSITIVE_INFINITY };
    this.#holdings.set(name, mine);
    return { lost: mine.lost.signal, release: () => this.#release(name, mine) };
  }

  /** Takes the lease away from its holder, who learns it by its `lost` signal. */
  breakLease(name: string): void {
    const held = this.#holdings.get(name);
    this.#holdings.delete(name);
    held?.lost.abort(new WardenError('lease-lost', { message: `The lease ${name} could not be prolonged.` }));
  }

  /** The holder of `name` dies: nobody prolongs the lease any more and it lapses after its own seconds. */
  abandon(name: string): void {
    const held = this.#holdings.get(name);
    if (held !== undefined) held.endsAt = this.#clock.now() + held.seconds * 1000;
  }

  /** Whether `name` is held now. */
  isHeld(name: string): boolean {
    const held = this.#holdings.get(name);
    return held !== undefined && held.endsAt > this.#clock.now();
  }

  async #release(name: string, mine: Holding): Promise<void> {
    await this.faults.meet('release', name);
    if (this.#holdings.get(name) === mine) this.#holdings.delete(name);
  }
}
