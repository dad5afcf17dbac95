/** Requests of a {@link RecoveryWorld} that have ended. */
import { Recoveries } from '../../src/features/recovery/request/recoveries.ts';
import { person } from './recovery-builders.ts';
import type { RecoveryWorld } from './recovery-world.ts';

/** Bob rejects the request. */
export async function reject(world: RecoveryWorld, id: string): Promise<void> {
  const command = { type: 'reject', by: person('bob'), reason: 'not needed' } as const;
  await new Recoveries(world.deps()).command(id, command);
}

/** Makes so many requests and rejects each; their ids, newest first. */
export async function rejected(world: RecoveryWorld, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await world.ask();
    await reject(world, id);
    ids.unshift(id);
  }
  return ids;
}

/** The ids of a page, in its order. */
export function idsOf(page: { readonly items: readonly { readonly id: string }[] }): string[] {
  return page.items.map(({ id }) => id);
}
