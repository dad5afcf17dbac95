/** What happened to one key, in words that say no more than is known. */
import { describe, expect, it } from 'vitest';
import { type StoryDeps, tellStory } from '../../../src/features/console/key-story.ts';
import type { RecoveryRecord } from '../../../src/features/recovery/model/record.ts';
import { anOperation, aRequest, T0 } from '../../support/recovery-builders.ts';
import { WatchWorld } from '../../support/watch-world.ts';

const PLACE = { hsm: 'contoso', key: 'orders' };

async function storyOf(world: WatchWorld, change: Partial<StoryDeps> & { records?: RecoveryRecord[] } = {}) {
  const { records = [], ...deps } = change;
  return tellStory({ store: world.state, backups: world.backups, ...deps }, PLACE, records);
}

describe('a request that succeeded', () => {
  const succeeded = (
    action: 'recover' | 'restore' | 'adopt',
    outcome: object | undefined,
  ): RecoveryRecord => ({
    ...aRequest({ operation: anOperation({ action }) }),
    state: 'succeeded',
    endedAt: T0 + 1,
    ...(outcome === undefined
      ? {}
      : { outcome: { result: 'succeeded', step: 'done', message: 'done.', warnings: [], ...outcome } }),
  });

  it.each([
    ['recover', { versions: 2, verified: 2 }, 'recovered', 'Brought back; 2 of 2 versions verified'],
    ['restore', { versions: 2, verified: 1 }, 'recovered', 'Brought back; 1 of 2 versions verified'],
    ['recover', { versions: 1, verified: 0 }, 'recovered', 'Brought back; 0 of 1 version verified'],
    ['recover', {}, 'recovered', 'Brought back; how many versions were verified is not known'],
    ['recover', undefined, 'recovered', 'Brought back; how many versions were verified is not known'],
    ['adopt', { versions: 2 }, 'adopted', 'The backup counts as a recovery point'],
  ] as const)('(%s, %j) is said as %s: %s', async (action, outcome, kind, text) => {
    const { timeline } = await storyOf(new WatchWorld(), { records: [succeeded(action, outcome)] });

    expect(timeline[0]).toMatchObject({ kind, text });
  });
});
