import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { SUBSCRIPTION, someHsms } from '../../contract/hsm-directory.ts';
import { FleetWorld } from '../../support/fleet-world.ts';

const FLEET = { kind: 'fleet' } as const;
let world: FleetWorld;
const [first, second, third] = ['hsm-0000', 'hsm-0001', 'hsm-0002'];

beforeEach(() => {
  world = new FleetWorld();
  world.directory.hsms = someHsms(3);
  world.directory.subscriptions = [SUBSCRIPTION];
  world.named = someHsms(1).map(({ name, url = '', resource }) => ({ name, url, resource }));
});

describe('a discovery', () => {
  it('finds what nobody protects, and says what the backup app may do there', async () => {
    world.roles.set(third, { role: 'missing', why: 'It answered 403.' });
    expect(await world.discover()).toBe('whole');
    expect(await world.states()).toEqual({
      [first]: 'protected',
      [second]: 'found',
      [third]: 'not-onboarded',
    });
    expect(world.reported).toEqual([`HsmFound ${second}`, `HsmFound ${third}`]);
    expect(world.asked).toEqual([second, third]);
    expect(world.sink.accepted[1]?.data).toMatchObject({
      role: 'missing',
      commands: [
        `hsm-warden roles apply --hsm-name ${third}`,
        expect.stringContaining(`hsm-warden hsm add ${third}`),
        expect.stringContaining(`hsm-warden hsm exclude ${third}`),
      ],
    });
  });

  it('reports an HSM that is still found once a day, with one id for the day', async () => {
    for (let quarter = 0; quarter < 97; quarter += 1) {
      await world.discover();
      await world.clock.advance(15 * MINUTE_MS);
    }
    expect([...world.sink.counts.keys()]).toHaveLength(2 * 2);
  });

  it.each([
    ['another domain', 'https://hsm-0001.managedhsm.azure.net.evil.example'],
    ['a domain that only ends alike', 'https://evilmanagedhsm.azure.net'],
    ['a user in the address', 'https://x@hsm-0001.managedhsm.azure.net'],
    ['a port', 'https://hsm-0001.managedhsm.azure.net:8443'],
    ['no TLS', 'http://hsm-0001.managedhsm.azure.net'],
    ['this machine', 'https://127.0.0.1:8443'],
    ['no address', undefined],
  ])('sends no token to %s', async (_, url) => {
    world.directory.hsms = someHsms(3).map(({ url: own, ...hsm }) =>
      hsm.name === second ? { ...hsm, ...(url === undefined ? {} : { url }) } : { ...hsm, url: own ?? '' },
    );
    await world.discover();
    expect(world.asked).toEqual([third]);
    expect(await world.states()).toMatchObject({ [second]: 'found' });
  });

  it('knows an HSM of the settings by the address of one of its regions, and by its resource', async () => {
    world.named = [
      { name: 'a', url: `https://${first}.northeurope.managedhsm.azure.net`, resource: 'a' },
      { name: 'b', url: 'https://b.example', resource: someHsms(2)[1]?.resource.toUpperCase() ?? '' },
    ];
    await world.discover();
    expect(await world.states()).toEqual({ a: 'protected', b: 'protected', [third]: 'found' });
  });

  it('reports an HSM that vanished, protected or not, until it is back', async () => {
    await world.discover();
    world.directory.hsms = [];
    await world.clock.advance(DAY_MS);
    await world.discover();
    expect(await world.states()).toEqual({ [first]: 'vanished', [second]: 'vanished', [third]: 'vanished' });
    expect(world.reported).toContain(`HsmVanished ${first}`);
    world.directory.hsms = someHsms(3);
    await world.discover();
    expect(await world.states()).toMatchObject({ [first]: 'protected', [second]: 'found' });
  });
});

describe('a part of an answer', () => {
  it('lets nothing vanish, and is reported', async () => {
    await world.discover();
    const before = await world.states();
    world.directory.half = true;
    expect(await world.discover()).toBe('failed');
    expect(await world.states()).toEqual(before);
    expect(world.reported).toContain('DiscoveryFailed discovery');
  });

  it('is a list without a subscription that had an HSM', async () => {
    await world.discover();
    world.directory.subscriptions = ['33333333-3333-4333-8333-333333333333'];
    expect(await world.discover()).toBe('failed');
    expect(await world.states()).toMatchObject({ [first]: 'protected', [second]: 'found' });
  });

  it('is late after 45 minutes, whatever was known', async () => {
    await world.discover();
    expect((await world.read()).doubt).toBeUndefined();
    await world.clock.advance(46 * MINUTE_MS);
    expect((await world.read()).doubt).toContain('more than 45 minutes old');
  });
});

describe('who can only write the storage', () => {
  it('adds no address and drops no HSM unseen: the seal does not count', async () => {
    await world.discover();
    const { fleet } = await world.read();
    const forged = { ...fleet, hsms: [{ ...fleet?.hsms[0], url: 'https://evil.managedhsm.azure.net' }] };
    const stored = await world.store.read(FLEET);
    await world.store.write(FLEET, JSON.stringify(forged), { etag: stored?.etag ?? '' });
    expect(await world.read()).toMatchObject({ sealed: false, doubt: expect.stringContaining('seal') });
    await expect(world.decide('excluded', first)).rejects.toMatchObject({ code: 'seal-invalid' });
    world.sink.accepted.length = 0;
    await world.discover();
    expect(world.reported).toContain('DiscoveryFailed discovery');
    expect(await world.states()).toEqual({ [first]: 'protected', [second]: 'found', [third]: 'found' });
  });

  it('excludes nothing: a line without a good seal is no decision', async () => {
    await world.discover();
    await world.decide('excluded', second);
    const part = world.auditStore.contents[0];
    if (part !== undefined) part.text = part.text.replaceAll('"because"', '"forged"');
    expect(await world.states()).toMatchObject({ [second]: 'found' });
  });
});

describe('a failed discovery', () => {
  it('is one that cannot be sealed: what was known stays', async () => {
    await world.discover();
    world.directory.hsms = [];
    world.sealer.faults.fail(
      'seal',
      new WardenError('seal-unavailable', { message: 'The key is out of reach.' }),
    );
    expect(await world.discover()).toBe('failed');
    expect(await world.states()).toMatchObject({ [first]: 'protected' });
    expect(await world.discover()).toBe('whole');
    expect(await world.states()).toMatchObject({ [first]: 'vanished' });
  });
});

describe('an audit log that cannot be read', () => {
  it('fails the discovery, and the report says that HSMs which people added may be neither backed up nor watched', async () => {
    await world.discover();
    await world.decide('excluded', third);
    world.auditStore.read = async () => {
      throw new WardenError('storage-forbidden', { message: 'The storage refuses.' });
    };

    expect(await world.discover()).toBe('failed');
    expect(world.reported).toContain('DiscoveryFailed discovery');
    expect(world.sink.accepted.at(-1)?.data).toMatchObject({
      reason:
        'What people decided about HSMs could not be read: The storage refuses. An HSM that people added may be neither backed up nor watched until it can.',
    });
  });
});

describe('decisions of people', () => {
  it('exclude an HSM, which is then neither asked nor reported, and take that back', async () => {
    await world.discover();
    expect(await world.decide('excluded', second.toUpperCase())).toMatchObject({ state: 'excluded' });
    world.sink.accepted.length = 0;
    world.asked.length = 0;
    await world.discover();
    expect(world.reported).toEqual([`HsmFound ${third}`]);
    expect(world.asked).toEqual([third]);
    expect(await world.decide('added', second)).toMatchObject({ state: 'protected' });
    expect(await world.states()).toMatchObject({ [second]: 'protected' });
  });

  it('count by the last of them, also where they are of several days', async () => {
    await world.discover();
    for (const kind of ['excluded', 'added', 'excluded'] as const) {
      await world.decide(kind, second);
      await world.clock.advance(DAY_MS);
    }
    expect(await world.states()).toMatchObject({ [second]: 'excluded' });
    await world.decide('added', second);
    expect(await world.states()).toMatchObject({ [second]: 'protected' });
  });

  it('are about one resource: another HSM of the name is found', async () => {
    await world.discover();
    await world.decide('excluded', second);
    world.directory.hsms = someHsms(3).map((hsm) =>
      hsm.name === second ? { ...hsm, resource: hsm.resource.replace('/keys/', '/other/') } : hsm,
    );
    await world.discover();
    expect(world.reported.filter((one) => one === `HsmFound ${second}`)).toHaveLength(2);
  });

  it('end the alarm about an HSM that is gone for good, and about its subscription', async () => {
    await world.discover();
    world.directory.hsms = someHsms(1);
    await world.discover();
    await world.decide('excluded', second);
    expect(await world.states()).toMatchObject({ [second]: 'excluded', [third]: 'vanished' });
  });

  it.each([
    ['an HSM of the settings', first, 'request-invalid'],
    ['one that nobody found', 'other', 'hsm-unknown'],
  ])('are refused for %s', async (_, name, code) => {
    await world.discover();
    await expect(world.decide('excluded', name)).rejects.toMatchObject({ code });
  });
});
