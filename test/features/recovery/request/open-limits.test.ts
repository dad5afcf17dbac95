/** How many requests one person, and all for one HSM, may have open. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { WardenErrorCode } from '../../../../src/core/errors.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { reject } from '../../../support/ended-recoveries.ts';
import { failureOf } from '../../../support/errors.ts';
import { DAY_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const BODY = { hsm: 'contoso', key: 'orders', action: 'auto', reason: 'gone' } as const;
let world: RecoveryWorld;

beforeEach(async () => {
  world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
});

describe('open requests', () => {
  it.each([
    {
      whose: 'of one requester',
      limits: { perRequester: 2, perHsm: 9 },
      says: /alice.*WARDEN_OPEN_PER_REQUESTER/,
    },
    { whose: 'for one HSM', limits: { perRequester: 9, perHsm: 2 }, says: /contoso.*WARDEN_OPEN_PER_HSM/ },
  ])('are limited $whose, and one that ends makes room', async ({ limits, says }) => {
    world.openLimits = limits;
    const { id } = await world.ask();
    await world.ask();

    const error = await failureOf(world.ask());

    expect(error).toMatchObject({
      code: 'too-many-open' satisfies WardenErrorCode,
      message: expect.stringMatching(says),
    });
    expect(world.requests).toBe(2);
    await reject(world, id);
    await world.ask();
    expect((await failureOf(world.ask())).code).toBe('too-many-open');
  });

  it('are counted for each requester and each HSM', async () => {
    world.openLimits = { perRequester: 1, perHsm: 1 };
    await world.ask();
    world.stranger.createKey('orders');
    world.stranger.deleteKey('orders');
    const body = { hsm: 'fabrikam', key: 'orders', action: 'recover', reason: 'gone' } as const;

    await expect(new Recoveries(world.deps()).open(person('dora'), body)).resolves.toBeDefined();
  });

  it('of a webhook source are not limited but for the HSM: a purge of all keys opens a request for each', async () => {
    world.openLimits = { perRequester: 1, perHsm: 3 };
    const watch = { kind: 'webhook', id: 'watch', name: 'watch' } as const;
    const ask = (n: number) =>
      new Recoveries(world.deps()).open(watch, { ...BODY, reason: `purged, event ${n}` });
    for (const n of [1, 2, 3]) await ask(n);

    expect((await failureOf(ask(4))).message).toContain('WARDEN_OPEN_PER_HSM');
  });

  it('are no more than the limit when many ask one process at the same time', async () => {
    world.openLimits = { perRequester: 3, perHsm: 9 };
    const recoveries = new Recoveries(world.deps());
    const asked = await Promise.allSettled(
      Array.from({ length: 10 }, () => recoveries.open(person('alice'), BODY)),
    );

    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('whose time has run out do not count, before anybody noted it', async () => {
    world.openLimits = { perRequester: 1, perHsm: 1 };
    await world.ask();
    await world.clock.advance(DAY_MS);

    await expect(world.ask()).resolves.toMatchObject({ state: 'requested' });
  });
});
