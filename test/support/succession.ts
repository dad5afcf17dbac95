/** One name, several keys. */
import type { MemoryHsmOptions } from './memory/memory-hsm.ts';
import { MINUTE_MS, WatchWorld } from './watch-world.ts';

/** What can happen to the key orders. */
export type Deed = 'create' | 'delete' | 'purge' | 'recover' | 'back up' | 'restore';

/** One name on one HSM, and what happens to its keys. */
export class Succession extends WatchWorld {
  /** Does one thing after the other to the key orders, a minute apart: the service counts seconds. */
  async does(...deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) {
      await this.clock.advance(MINUTE_MS);
      await this.#do(deed);
    }
  }

  /** Blobs of the backups, in the order in which they were taken. */
  get taken(): readonly string[] {
    return this.backups.blobs.filter((blob) => !blob.startsWith('pinned/'));
  }

  async #do(deed: Deed): Promise<void> {
    switch (deed) {
      case 'create':
        this.hsm.createKey('orders');
        return;
      case 'delete':
        this.hsm.deleteKey('orders');
        return;
      case 'purge':
        this.hsm.purgeKey('orders');
        return;
      case 'recover':
        await this.deps.keys.recoverKey('orders');
        return;
      case 'back up':
        await this.backUp('orders');
        return;
      case 'restore':
        await this.deps.keys.restoreKey(await this.backups.read(this.taken[0] ?? ''));
        return;
    }
  }
}

/** A world in which a scan has seen a backed-up key deleted. */
export async function afterDeletion(options: Partial<MemoryHsmOptions> = {}): Promise<Succession> {
  const world = new Succession({ purgeProtection: false, ...options });
  await world.does('create', 'back up');
  await world.scan();
  await world.does('delete');
  await world.scan();
  return world;
}

/** The purges that were reported. */
export function purges(world: Succession) {
  return world.events('HsmWarden.KeyPurged').map(({ data }) => data);
}
