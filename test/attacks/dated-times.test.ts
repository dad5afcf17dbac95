/**
 * Somebody who can write the state container and nothing else says when something was last done: the time of a run or a verification
 * counts only by the seal of the app that did it, and what is read from the store is never sealed.
 */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { keyLine } from '../../src/features/recovery-points/key-lines.ts';
import { DatedWorld } from '../support/dated-world.ts';
import { MemorySealer } from '../support/memory/memory-sealer.ts';
import { DAY_MS, HOUR_MS } from '../support/sweep-world.ts';

const RESOURCE = 'https://contoso.managedhsm.azure.net';
const OTHER = 'https://fabrikam.managedhsm.azure.net';
const RUN = { kind: 'last-run', hsm: 'contoso' } as const;
const VERIFY = { kind: 'verify', hsm: 'contoso' } as const;

async function ranWorld(): Promise<DatedWorld> {
  const world = DatedWorld.of('alpha', 'beta');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  await world.verify('verify-1');
  return world;
}

describe('the time of the last run', () => {
  it('counts by the seal of the app that ended it', async () => {
    const world = await ranWorld();
    const { lastRun, doubts } = await world.dated();
    expect(lastRun).toMatchObject({ runId: world.message.runId, state: 'succeeded' });
    expect(doubts).toEqual({});
    expect(await world.status()).toMatchObject({ sealed: true, verdict: 'safe' });
  });

  it.each<{ name: string; change: (stored: object, world: DatedWorld) => object }>([
    { name: 'is made up', change: (_, { clock }) => ({ ...plainRun(clock.now()) }) },
    { name: 'is moved on', change: (stored, { clock }) => ({ ...stored, endedAt: clock.now() + DAY_MS }) },
    {
      name: 'begins later',
      change: (stored, { clock }) => ({ ...stored, startedAt: clock.now() + 365 * DAY_MS }),
    },
    { name: 'is of another run', change: (stored) => ({ ...stored, runId: '20271124T020000Z-nightly' }) },
    { name: 'ends otherwise', change: (stored) => ({ ...stored, state: 'partial' }) },
  ])('is not known when it $name', async ({ change }) => {
    const world = await ranWorld();
    await world.forge(RUN, (stored) => change(stored, world));

    const { lastRun, doubts } = await world.dated();
    expect(lastRun).toBeUndefined();
    expect(doubts.run).toMatch(/seal/);
    const status = await world.status();
    expect(status.lastRun).toBeUndefined();
    expect(status.sealed).toBe(false);
    expect(status.warnings).toContain(doubts.run);
  });

  it.each([
    { name: 'for a run of this HSM', purpose: 'run', hsm: RESOURCE, counts: true },
    { name: 'for another purpose', purpose: 'verification', hsm: RESOURCE, counts: false },
    {
      name: 'for another HSM',
      purpose: 'run',
      hsm: 'https://other.managedhsm.azure.net',
      counts: false,
    },
  ] as const)('counts or does not by a seal $name', async ({ purpose, hsm, counts }) => {
    const world = await ranWorld();
    const { hsm: _name, ...facts } = plainRun(world.clock.now());
    const seal = await world.sealer.seal(purpose, { hsm, facts });
    await world.forge(RUN, () => ({ ...plainRun(world.clock.now()), seal }));

    expect((await world.dated()).lastRun !== undefined).toBe(counts);
  });

  it('is not that of another HSM of the settings, whose note is put in its place', async () => {
    const world = await ranWorld();
    const { hsm: _name, ...facts } = plainRun(world.clock.now());
    const seal = await world.sealer.seal('run', { hsm: OTHER, facts });
    await world.forge(RUN, () => ({ ...plainRun(world.clock.now()), hsm: 'fabrikam', seal }));

    const { lastRun, doubts } = await world.dated();
    expect(lastRun).toBeUndefined();
    expect(doubts.run).toMatch(/seal/);
  });

  it('is not known by a seal by the key of the recovery app', async () => {
    const world = await ranWorld();
    const recovery = new MemorySealer(world.clock, 'recovery');
    world.sealer.usePins({ ...world.sealer.pinned, keys: [world.sealer.pin, recovery.pin] });
    const { hsm: _name, ...facts } = plainRun(world.clock.now());
    const seal = await recovery.seal('decision', { hsm: RESOURCE, facts });
    await world.forge(RUN, () => ({ ...plainRun(world.clock.now()), seal }));

    expect((await world.dated()).lastRun).toBeUndefined();
  });

  it('is reported as overdue when it was made up, however late it is dated', async () => {
    const world = await ranWorld();
    await world.scan();
    await world.forge(RUN, () => plainRun(world.clock.now() + 365 * DAY_MS));
    await world.clock.advance(2 * DAY_MS);
    await world.scan();

    expect(world.events('BackupOverdue').map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ reason: 'no-run' }),
    );
  });

  it('is that of the next run, whatever was made up in its place', async () => {
    const world = await ranWorld();
    await world.forge(RUN, () => plainRun(world.clock.now() + 365 * DAY_MS));
    await world.clock.advance(DAY_MS);
    await world.sweep({}, world.nextNight());

    expect((await world.dated()).lastRun).toMatchObject({ runId: world.nextNight().runId });
  });

  it('stays that of the last run with a seal when somebody without a sealing key ends one', async () => {
    const world = await ranWorld();
    const sealed = (await world.dated()).lastRun;
    await world.clock.advance(DAY_MS);
    world.sealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'gone' }), { times: 99 });
    await world.sweep({}, world.nextNight());

    expect(sealed).toBeDefined();
    expect((await world.dated()).lastRun).toEqual(sealed);
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'the end of a run could not be sealed',
    );
  });
});

describe('the record of a run that is forged', () => {
  it.each([{ name: 'unchanged' }, { name: 'skipped' }, { name: 'vanished' }, { name: 'backed-up' }] as const)(
    'passes no key over by calling it $name',
    async ({ name: outcome }) => {
      const world = await ranWorld();
      world.hsm.createKey('alpha');
      await world.clock.advance(DAY_MS);
      await plantRun(world, { alpha: { outcome }, beta: { outcome } });
      await world.sweep({}, world.nextNight());

      const run = await world.run(world.nextNight().runId);
      expect(run.keys.alpha?.outcome).toBe('backed-up');
      expect(run.keys.beta?.outcome).toBe('unchanged');
      expect(await world.recoveryPoints('alpha')).toHaveLength(2);
    },
  );

  it('has no end sealed that lies before its beginning', async () => {
    const world = await ranWorld();
    const before = (await world.dated()).lastRun;
    await world.clock.advance(DAY_MS);
    await plantRun(world, {}, world.clock.now() + 365 * DAY_MS);
    await world.sweep({}, world.nextNight());

    expect((await world.dated()).lastRun).toEqual(before);
  });

  it('has no end sealed that it claims to have come to', async () => {
    const world = await ranWorld();
    const before = (await world.dated()).lastRun;
    await world.clock.advance(DAY_MS);
    await plantRun(world, {}, world.clock.now(), 'succeeded');
    const { status } = await world.sweep({}, world.nextNight());

    expect(status).toBe('already-ended');
    expect((await world.dated()).lastRun).toEqual(before);
  });
});

describe('the time of the last verification', () => {
  it('counts by the seal of the app that verified', async () => {
    const world = await ranWorld();
    expect((await world.status()).verifiedAt).toBeDefined();
  });

  it.each<{ name: string; change: (stored: object, world: DatedWorld) => object }>([
    { name: 'is made up', change: (_, { clock }) => plainVerification(clock.now()) },
    { name: 'is moved on', change: (stored, { clock }) => ({ ...stored, endedAt: clock.now() + DAY_MS }) },
    { name: 'has forgotten what was damaged', change: (stored) => ({ ...stored, found: 0, damaged: {} }) },
    { name: 'has checked more', change: (stored) => ({ ...stored, checked: 1000 }) },
  ])('is not known when it $name', async ({ change }) => {
    const world = await damagedWorld();
    await world.forge(VERIFY, (stored) => change(stored, world));

    const status = await world.status();
    expect(status.verifiedAt).toBeUndefined();
    expect(status.sealed).toBe(false);
    expect(status.warnings.join()).toMatch(/seal of the last verification|last verification is not sealed/);
  });

  it('is not that of another HSM of the settings, whose verification is put in its place', async () => {
    const world = await ranWorld();
    const { hsm: _name, ...facts } = plainVerification(world.clock.now());
    const seal = await world.sealer.seal('verification', { hsm: OTHER, facts });
    await world.forge(VERIFY, () => ({ ...plainVerification(world.clock.now()), hsm: 'fabrikam', seal }));

    const { verify, doubts } = await world.dated();
    expect(verify?.endedAt).toBeUndefined();
    expect(doubts.verification).toMatch(/seal/);
  });

  it('keeps what it calls damaged, whoever says so', async () => {
    const world = await ranWorld();
    const [{ blob } = { blob: '' }] = await world.stored('alpha');
    await world.forge(VERIFY, (stored) => ({ ...stored, damaged: { [blob]: world.clock.now() } }));

    expect((await world.status()).risks).toMatchObject([{ key: 'alpha', risk: 'backup-damaged' }]);
  });

  it('is not reached by moving a verification to its end while it waits to go on', async () => {
    const world = await damagedWorld();
    expect((await world.verify('verify-3', { budgetMs: 0 })).status).toBe('continued');
    await world.forge(VERIFY, (stored) => ({ ...stored, cursor: 'contoso/z' }));
    await world.verifyOn();

    expect((await world.dated()).verify?.endedAt).toBeUndefined();
    expect((await world.dated()).doubts.verification).toMatch(/not sealed|does not count/);
  });

  it('is verified all the same when it is said to be over', async () => {
    const world = await ranWorld();
    await world.forge(VERIFY, () => ({ ...plainVerification(world.clock.now()), runId: 'verify-2' }));
    const { status, state } = await world.verify('verify-2');

    expect(status).toBe('ended');
    expect(state.checked).toBe(2);
    expect((await world.dated()).doubts).toEqual({});
  });

  it('has damage reported that was called known', async () => {
    const world = await ranWorld();
    const [{ blob } = { blob: '' }] = await world.stored('alpha');
    world.backups.damage(blob, new Uint8Array(400));
    await world.forge(VERIFY, (stored) => ({ ...stored, damaged: { [blob]: 1 } }));
    await world.verify('verify-2');

    expect(world.events('BackupDamaged')).toHaveLength(1);
  });

  it('is sealed at its end however many parts it has, and while nobody forges anything', async () => {
    const world = await ranWorld();
    expect((await world.verify('verify-2', { budgetMs: 0 })).status).toBe('continued');
    expect((await world.verifyOn()).status).toBe('ended');

    expect((await world.dated()).verify).toMatchObject({ runId: 'verify-2', checked: 2 });
    expect((await world.dated()).doubts).toEqual({});
  });

  it('ends without a seal while the key is out of reach', async () => {
    const world = await ranWorld();
    world.sealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'gone' }), { times: 99 });
    expect((await world.verify('verify-2')).status).toBe('ended');

    expect((await world.dated()).doubts.verification).toMatch(/not sealed/);
    expect(world.logger.lines.map(({ message }) => message)).toContain('a verification could not be sealed');
  });
});

function plainRun(at: number) {
  const runId = '20261201T020000Z-nightly';
  return { format: 1, hsm: 'contoso', runId, state: 'succeeded', startedAt: at, endedAt: at } as const;
}

function plainVerification(at: number) {
  const counts = { checked: 2, bytes: 2, found: 0, damaged: {} };
  return { format: 1, hsm: 'contoso', runId: 'verify-9', startedAt: at, endedAt: at, ...counts } as const;
}

/** A world whose last verification found a backup damaged. */
async function damagedWorld(): Promise<DatedWorld> {
  const world = await ranWorld();
  const [{ blob } = { blob: '' }] = await world.stored('alpha');
  world.backups.damage(blob, new Uint8Array(400));
  await world.verify('verify-2');
  return world;
}

/** Plants the record of the next night's run, as one that waits to go on. */
async function plantRun(
  world: DatedWorld,
  keys: Readonly<Record<string, object>>,
  startedAt = world.clock.now(),
  state: 'paused' | 'succeeded' = 'paused',
): Promise<void> {
  const { runId } = world.nextNight();
  const counts = { keys: 0, backedUp: 0, unchanged: 0, skipped: 0, vanished: 0, refused: 0, failed: 0 };
  const head = {
    ...{ format: 2, hsm: 'contoso', runId, state, startedAt, parts: 1, retries: 0, throttles: 0 },
    ...{ pace: { set: 8, last: 8 }, counts, ...(state === 'paused' ? {} : { endedAt: startedAt }) },
  };
  const lines = Object.entries(keys).map(([key, outcome]) => keyLine(key, outcome));
  const text = [JSON.stringify(head), ...lines].map((line) => `${line}\n`).join('');
  await world.state.write({ kind: 'run', hsm: 'contoso', runId }, text, 'absent');
}
