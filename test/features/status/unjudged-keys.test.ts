/** A key whose end was reported and not judged yet is never called safe. */
import { describe, expect, it } from 'vitest';
import { NameMap } from '../../../src/core/model/key-name.ts';
import { unjudgedKeys } from '../../../src/features/status/unjudged-keys.ts';
import { updateWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { DatedWorld } from '../../support/dated-world.ts';
import { listedKey } from '../../support/listed-key.ts';

const signal = (key: string) => ({ key, at: 1, caller: {} });

describe('what the audit log reported and no scan has judged', () => {
  it.each([
    ['nothing', undefined, false, []],
    ['a purge', { deletes: [], purges: [signal('orders')] }, false, ['orders']],
    [
      'a purge of a key whose name is used again',
      { deletes: [], purges: [signal('orders')] },
      true,
      ['orders'],
    ],
    ['a deletion of a key that is nowhere', { deletes: [signal('orders')], purges: [] }, false, ['orders']],
    ['a deletion of a key that is there', { deletes: [signal('orders')], purges: [] }, true, []],
    [
      'both, in two letter cases',
      { deletes: [signal('ORDERS')], purges: [signal('orders')] },
      false,
      ['orders'],
    ],
  ])('is a risk: %s', (_name, unjudged, isThere, keys) => {
    const active = new NameMap(isThere ? [['orders', listedKey()] as const] : []);
    const seen = { active, deleted: new NameMap<never>() };
    const risks = unjudgedKeys(unjudged === undefined ? {} : { unjudged }, seen);

    expect(risks.map(({ key, risk }) => [key, risk])).toEqual(keys.map((key) => [key, 'unreadable']));
  });

  it('keeps an HSM from being safe until a scan has judged it', async () => {
    const world = DatedWorld.of('alpha');
    await world.sweep();
    await world.scan();
    expect((await world.status()).verdict).toBe('safe');
    await updateWatchState(world.state, 'contoso', (state) => ({
      ...state,
      unjudged: { deletes: [], purges: [signal('gone')] },
    }));

    expect(await world.status()).toMatchObject({
      verdict: 'at-risk',
      risks: [{ key: 'gone', risk: 'unreadable' }],
    });
  });
});
