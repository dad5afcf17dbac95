/** A purged key that an approved recovery brought back is no incident any more. */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { aRequestEvent, SAMPLE_AT, SAMPLES } from '../../support/notify-samples.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

/** A purge is said again every hour while its incident lasts. */
const REPEATS_MS = 3 * 60 * MINUTE_MS;

async function afterPurge(change: Parameters<typeof aRequestEvent>[1]): Promise<readonly string[]> {
  const world = new NotifyWorld();
  const purged = SAMPLES.get('key-purged');
  if (purged === undefined) throw new Error('expected a sample of a purge');
  const data = { ...purged.data, hsm: 'contoso', key: 'Orders' };
  await world.happen({ ...purged, data, time: new Date(SAMPLE_AT).toISOString() });
  await world.happen(aRequestEvent('succeeded', { at: SAMPLE_AT + MINUTE_MS, key: 'orders', ...change }));
  await world.pass(REPEATS_MS);
  return world
    .accepted()
    .filter(({ facts }) => !facts.some(({ label }) => label === 'Request'))
    .map(({ kind }) => kind);
}

describe('the incident of a purged key', () => {
  it.each(['restore', 'recover'] as const)('ends when an approved %s of it succeeds', async (action) => {
    expect(await afterPurge({ action })).toEqual(['new', 'resolved']);
  });

  it.each<[string, Parameters<typeof aRequestEvent>[1]]>([
    ['an adopted backup brings no key back', { action: 'adopt' }],
    ['another key came back', { action: 'restore', key: 'payments' }],
    ['it came back into another HSM', { action: 'restore', hsm: 'fabrikam' }],
    ['it was purged after that', { action: 'restore', at: SAMPLE_AT - MINUTE_MS }],
  ])('goes on where %s', async (_case, change) => {
    expect(await afterPurge(change)).toContain('repeat');
  });
});
