/** A directory of HSMs in memory. */
import { WardenError } from '../../../src/core/errors.ts';
import type { FoundHsm, HsmDirectory, Listing } from '../../../src/features/fleet/ports.ts';
import { throwIfAborted } from './abort.ts';

/** An {@link HsmDirectory} that lists what it is given; `half` makes it fail, as a service does that answers half. */
export class MemoryDirectory implements HsmDirectory {
  hsms: readonly FoundHsm[] = [];
  subscriptions: readonly string[] = [];
  half = false;

  async list(signal?: AbortSignal): Promise<Listing> {
    throwIfAborted(signal);
    if (this.half || this.subscriptions.length === 0)
      throw new WardenError('discovery-failed', { message: 'The list is not whole.' });
    const isReadable = ({ resource }: FoundHsm) =>
      this.subscriptions.some((id) => resource.toLowerCase().startsWith(`/subscriptions/${id}/`));
    return { hsms: this.hsms.filter(isReadable), subscriptions: this.subscriptions };
  }
}
