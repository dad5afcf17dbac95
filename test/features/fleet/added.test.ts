/** HSMs that people add: a sealed decision protects one without a deployment, and nothing less does. */
import { beforeEach, describe, expect, it } from 'vitest';
import { SUBSCRIPTION, someHsms } from '../../contract/hsm-directory.ts';
import { FleetWorld } from '../../support/fleet-world.ts';

const FLEET = { kind: 'fleet' } as const;
const [first, second, third] = ['hsm-0000', 'hsm-0001', 'hsm-0002'];
let world: FleetWorld;

beforeEach(async () => {
  world = new FleetWorld();
  world.directory.hsms = someHsms(3);
  world.directory.subscriptions = [SUBSCRIPTION];
  world.named = someHsms(1).map(({ name, url = '', resource }) => ({ name, url, resource }));
  await world.discover();
});

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

  it('is added once, however often that is asked for', async () => {
    await world.decide('added', second);
    const lines = () => world.auditStore.contents.map(({ text }) => text).join('');
    const before = lines();
    await world.decide('added', second);

    expect(lines()).toBe(before);
  });

  it('is one of the settings once these name it', async () => {
    await world.decide('added', second);
    world.named = someHsms(2).map(({ name, url = '', resource }) => ({ name, url, resource }));

    expect(await world.states()).toMatchObject({ [second]: 'protected' });
    await expect(world.decide('excluded', second)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('is protected by no decision where these are not sealed', async () => {
    world.isSealed = false;

    expect(await world.decide('added', second)).toMatchObject({ state: 'found' });
    expect(await added()).toEqual([]);
  });

  it('is refused where the drill app purges keys', async () => {
    world.drills = someHsms(2).map(({ name, url = '', resource }) => ({ name, url, resource }));

    await expect(world.decide('added', second)).rejects.toMatchObject({ code: 'request-invalid' });
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

  it('gets no token sent by the list of HSMs, whatever address is written into it', async () => {
    const stored = await world.store.read(FLEET);
    const text = (stored?.text ?? '').replaceAll(second, 'hsm-evil');
    await world.store.write(FLEET, text, { etag: stored?.etag ?? '' });

    await expect(world.decide('added', 'hsm-evil')).rejects.toMatchObject({ code: 'seal-invalid' });
  });
});

it('is read once by a process, and then only what was appended', async () => {
  await world.decide('added', second);
  const reader = world.decided;
  await reader.read();
  const reads: number[] = [];
  const { read } = world.auditStore;
  world.auditStore.read = async (part, from = 0) => {
    reads.push(from);
    return read.call(world.auditStore, part, from);
  };
  await world.decide('added', third);
  reads.length = 0;

  expect((await reader.read()).added).toHaveLength(2);
  expect(reads).toHaveLength(1);
  expect(reads[0]).toBeGreaterThan(0);
});
