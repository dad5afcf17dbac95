/** HSMs that people add: a sealed decision protects one without a deployment, and nothing less does. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { SUBSCRIPTION, someHsms } from '../../contract/hsm-directory.ts';
import { FleetWorld } from '../../support/fleet-world.ts';

const FLEET = { kind: 'fleet' } as const;
const [first, second, third] = ['hsm-0000', 'hsm-0001', 'hsm-0002'];
let world: FleetWorld;

beforeEach(async () => {
  world = new FleetWorld();
  world.directory.hsms = someHsms(3);
  world.directory.subscriptions = [SUBSCRIPTION];
  world.named = asNamed(1);
  await world.discover();
});

/** The first HSMs, as settings name them. */
const asNamed = (count: number) =>
  someHsms(count).map(({ name, url = '', resource }) => ({ name, url, resource }));

/** The addresses that are protected by a decision, as a process that was just started reads them. */
async function added(): Promise<readonly string[]> {
  return (await world.decided.read()).added.map(({ url }) => url);
}

describe('an HSM that is added', () => {
  it('is protected at the address that was found, and is reported no more', async () => {
    const view = await world.decide('added', second);

    expect(view).toMatchObject({
      state: 'protected',
      added: { by: 'Alice', reason: 'because' },
      commands: [],
    });
    expect(await added()).toEqual([`https://${second}.managedhsm.azure.net`]);
    world.sink.accepted.length = 0;
    await world.discover();
    expect(world.reported).toEqual([`HsmFound ${third}`]);
    expect(await world.states()).toEqual({ [first]: 'protected', [second]: 'protected', [third]: 'found' });
  });

  it('is not called protected while the backup app may not list its keys', async () => {
    await world.decide('added', second);
    world.roles.set(second, { role: 'missing', why: 'It answered 403.' });
    await world.discover();

    expect(await world.states()).toMatchObject({ [second]: 'not-onboarded' });
    expect(world.reported).toContain(`HsmFound ${second}`);
    expect(await added()).toHaveLength(1);
  });

  it('is reported when it vanishes', async () => {
    await world.decide('added', second);
    world.directory.hsms = someHsms(3).filter(({ name }) => name !== second);
    await world.discover();

    expect(await world.states()).toMatchObject({ [second]: 'vanished' });
    expect(world.reported).toContain(`HsmVanished ${second}`);
  });

  it('is excluded by a later decision, and added again by one after that', async () => {
    for (const [kind, count] of [
      ['added', 1],
      ['excluded', 0],
      ['added', 1],
    ] as const) {
      await world.clock.advance(1_000);
      await world.decide(kind, second);
      expect(await added()).toHaveLength(count);
    }
  });

  it('is excluded also when it was made again in another resource group', async () => {
    await world.decide('added', second);
    world.directory.hsms = someHsms(3).map((hsm) => ({
      ...hsm,
      resource: hsm.resource.replace('keys', 'new'),
    }));
    await world.discover();

    expect(await world.decide('excluded', second)).toMatchObject({ state: 'excluded' });
    expect(await added()).toEqual([]);
    expect(await world.decide('added', second)).toMatchObject({ state: 'protected' });
  });

  it('is excluded also when no list has it any more', async () => {
    await world.decide('added', second);
    world.store.documents.clear();
    world.directory.hsms = someHsms(1);
    await world.discover();

    expect(await world.decide('excluded', second)).toMatchObject({ state: 'excluded' });
    expect(await added()).toEqual([]);
  });

  it('is added once, however often that is asked for', async () => {
    await world.decide('added', second);
    const lines = () => world.auditStore.contents.map(({ text }) => text).join('');
    const before = lines();
    await world.decide('added', second);

    expect(lines()).toBe(before);
  });

  it('is one of the settings once these name it', async () => {
    await world.decide('added', second);
    world.named = asNamed(2);

    expect(await world.states()).toMatchObject({ [second]: 'protected' });
    await expect(world.decide('excluded', second)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('is protected by no decision where these are not sealed', async () => {
    world.isSealed = false;

    expect(await world.decide('added', second)).toMatchObject({ state: 'found' });
    expect(await added()).toEqual([]);
  });

  it('is refused where the drill app purges keys', async () => {
    world.drills = asNamed(2);

    await expect(world.decide('added', second)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('is called protected no more once the drill app purges keys there', async () => {
    await world.decide('added', second);
    world.drills = asNamed(2);

    expect(await world.states()).toMatchObject({ [second]: 'found' });
  });

  it('is refused by a name that no backups can be kept under', async () => {
    world.directory.hsms = someHsms(2).map((hsm) => ({ ...hsm, name: 'pinned' }));
    await world.discover();

    await expect(world.decide('added', 'pinned')).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('is refused at an address of no Managed HSM', async () => {
    world.directory.hsms = someHsms(3).map((hsm) => ({ ...hsm, url: `https://${hsm.name}.evil.example` }));
    await world.discover();

    await expect(world.decide('added', second)).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('who can only write the storage', () => {
  it('drops no HSM that was added: neither the list nor the anchor is asked for it', async () => {
    await world.decide('added', second);
    world.store.documents.clear();
    await world.anchor.restart({
      seq: 1,
      hash: '0'.repeat(64),
      segment: { name: '0'.repeat(26), base: { seq: 1, hash: '0'.repeat(64) }, armed: '0'.repeat(64) },
    });

    expect(await added()).toHaveLength(1);
    expect(await world.states()).toMatchObject({ [second]: 'protected' });
  });

  it('drops none by an anchor that cannot be read, and hides none by it', async () => {
    await world.decide('added', second);
    await world.decide('excluded', third);
    world.anchor.read = async () => {
      throw new WardenError('audit-corrupt', { message: 'The anchor is no JSON.' });
    };

    expect(await added()).toHaveLength(1);
    expect(await world.states()).toMatchObject({ [second]: 'protected', [third]: 'found' });
  });

  it.each([
    ['another address', `${second}.managedhsm.azure.net`, 'hsm-evil.managedhsm.azure.net'],
    ['another reason', '"because"', '"forged"'],
  ])('adds none by a line with %s', async (_what, find, replace) => {
    await world.decide('added', second);
    const [part] = world.auditStore.contents;
    if (part !== undefined) part.text = part.text.replaceAll(find, replace);

    expect(await added()).toEqual([]);
  });

  it('undoes no later decision by a copy of the line before it', async () => {
    await world.decide('added', second);
    const [part] = world.auditStore.contents;
    const copy = part?.text ?? '';
    await world.clock.advance(1_000);
    await world.decide('excluded', second);
    if (part !== undefined) part.text += copy;

    expect(await added()).toEqual([]);
  });

  it('adds none by a decision of another deployment, sealed by the same key', async () => {
    const { pinned } = world.judge;
    world.judge.usePins({ ...pinned, deployment: 'other' });
    await world.decide('added', second);
    expect(await added()).toHaveLength(1);
    world.judge.usePins(pinned);

    expect(await added()).toEqual([]);
  });

  it('gets no token sent by the list of HSMs, whatever address is written into it', async () => {
    const stored = await world.store.read(FLEET);
    const text = (stored?.text ?? '').replaceAll(second, 'hsm-evil');
    await world.store.write(FLEET, text, { etag: stored?.etag ?? '' });

    await expect(world.decide('added', 'hsm-evil')).rejects.toMatchObject({ code: 'seal-invalid' });
  });
});
