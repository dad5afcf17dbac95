/** An app whose HSMs become more while it runs. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import type { AddedHsm } from '../../src/features/fleet/decisions.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { withAdded } from '../../src/platform/config/with-added.ts';
import { Generations } from '../../src/platform/generations.ts';
import { ManualClock } from '../support/memory/manual-clock.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';

const config = readConfig({
  WARDEN_HSMS: 'contoso',
  WARDEN_BACKUP_URL: 'https://b.blob.core.windows.net',
});

function addedHsm(name: string, url = `https://${name}.managedhsm.azure.net`): AddedHsm {
  return { name, url, decision: { kind: 'added', by: { id: 'alice', name: 'Alice' }, at: 0, reason: 'why' } };
}

/** An app that knows its HSMs. */
class KnowingApp {
  stopped = 0;
  readonly hsms: readonly string[];

  constructor(hsms: readonly string[]) {
    this.hsms = hsms;
  }

  async scan(hsm: string): Promise<string> {
    if (!this.hsms.includes(hsm))
      throw new WardenError('hsm-unknown', { message: `There is no HSM ${hsm}.` });
    return `${hsm} of ${this.hsms.length}`;
  }

  async stop(): Promise<void> {
    this.stopped += 1;
  }
}

let clock: ManualClock;
let logger: RecordingLogger;
let added: () => Promise<readonly AddedHsm[]>;
let generations: Generations<KnowingApp>;
let made: KnowingApp[];
let canMake: boolean;

beforeEach(() => {
  clock = new ManualClock();
  logger = new RecordingLogger();
  made = [];
  canMake = true;
  added = async () => [];
  generations = new Generations({
    config,
    make: ({ hsms }) => {
      if (!canMake) throw new TypeError('unforeseen');
      const app = new KnowingApp(hsms.map(({ name }) => name));
      made.push(app);
      return app;
    },
    added: () => added(),
    clock,
    logger,
  });
});

describe('an app that is running', () => {
  it('does its next work over an HSM that was added, and stays the same while nothing is', async () => {
    const first = await generations.current();
    added = async () => [addedHsm('fabrikam')];
    expect(await generations.current()).toBe(first);
    await clock.advance(60_000);

    expect((await generations.current()).hsms).toEqual(['contoso', 'fabrikam']);
    await clock.advance(60_000);
    await generations.current();
    expect(made).toHaveLength(2);
  });

  it('does a message about an HSM that was added a moment ago', async () => {
    await generations.current();
    added = async () => [addedHsm('fabrikam')];

    expect(await generations.run((app) => app.scan('fabrikam'))).toBe('fabrikam of 2');
  });

  it('refuses a message about an HSM that nobody added', async () => {
    await expect(generations.run((app) => app.scan('other'))).rejects.toMatchObject({ code: 'hsm-unknown' });
  });

  it('leaves an HSM to people once its addition is taken back', async () => {
    added = async () => [addedHsm('fabrikam')];
    await generations.current();
    added = async () => [];
    await clock.advance(60_000);

    expect((await generations.current()).hsms).toEqual(['contoso']);
  });

  it('goes on with what it knows while the decisions cannot be read, says so, and asks again', async () => {
    added = async () => [addedHsm('fabrikam')];
    await generations.current();
    await clock.advance(60_000);
    added = async () => {
      throw new WardenError('storage-unavailable', { message: 'The storage is out of reach.' });
    };

    expect((await generations.current()).hsms).toEqual(['contoso', 'fabrikam']);
    await generations.current();
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await clock.advance(10_000);
    added = async () => [];
    expect((await generations.current()).hsms).toEqual(['contoso']);
  });

  it('stops every generation, and makes no other then', async () => {
    added = async () => [addedHsm('fabrikam')];
    await generations.current();
    await generations.stop();
    added = async () => [];
    await clock.advance(60_000);
    await generations.current();

    expect(made.map(({ stopped }) => stopped)).toEqual([1, 1]);
  });
});

describe('the HSMs that are known', () => {
  it('wait five seconds for the log at most, and then not at all while it is late', async () => {
    const log = Promise.withResolvers<readonly AddedHsm[]>();
    added = () => log.promise;
    const first = generations.run((app) => app.scan('contoso'));
    await clock.advance(5_000);

    expect(await first).toBe('contoso of 1');
    expect(await generations.run((app) => app.scan('contoso'))).toBe('contoso of 1');
    log.resolve([addedHsm('fabrikam')]);
    await generations.current(true);
    expect(await generations.run((app) => app.scan('contoso'))).toBe('contoso of 2');
  });

  it.each([
    ['the list of HSMs cannot be read', 'read'],
    ['an app over the longer list cannot be made', 'make'],
  ])('go on where %s for a reason that nobody foresaw', async (_what, at) => {
    added = async () => {
      if (at === 'read') throw new TypeError('unforeseen');
      return [addedHsm('fabrikam')];
    };
    if (at === 'make') canMake = false;

    expect(await generations.run((app) => app.scan('contoso'))).toBe('contoso of 1');
    expect(logger.lines.map(({ level }) => level)).toEqual(['error']);
  });
});

it.each([
  ['were read', async () => []],
  [
    'could not be read',
    async () => {
      throw new WardenError('storage-unavailable', { message: 'The storage is out of reach.' });
    },
  ],
])(
  'says that the decisions were asked for only once they %s: the first answer waits for that',
  async (_what, read) => {
    added = read;
    const before = generations.hasAsked;
    await generations.current();

    expect([before, generations.hasAsked]).toEqual([false, true]);
  },
);

describe('a message about an HSM that people may have added', () => {
  it('is refused for what could not be read, not as one that belongs into no queue', async () => {
    added = async () => {
      throw new WardenError('storage-unavailable', { message: 'The storage is out of reach.' });
    };

    await expect(generations.run((app) => app.scan('fabrikam'))).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
  });
});

it('makes nothing that no stop would reach, where the log is read as the app stops', async () => {
  const log = Promise.withResolvers<readonly AddedHsm[]>();
  const begun = Promise.withResolvers<void>();
  added = () => {
    begun.resolve();
    return log.promise;
  };
  const working = generations.run((app) => app.scan('contoso'));
  await begun.promise;
  await generations.stop();
  log.resolve([addedHsm('fabrikam')]);
  await working;

  expect(made.map(({ stopped }) => stopped)).toEqual([1]);
});

describe('the configuration over HSMs that were added', () => {
  it.each([
    ['one that the settings name', addedHsm('contoso')],
    ['another address by a name of the settings', addedHsm('CONTOSO', 'https://other.managedhsm.azure.net')],
    [
      'a region of one of the settings',
      addedHsm('north', 'https://contoso.northeurope.managedhsm.azure.net'),
    ],
    ['a name that backups cannot be kept under', addedHsm('pinned')],
    ['a name of no HSM', addedHsm('../contoso')],
  ])('leaves out %s', (_what, hsm) => {
    expect(withAdded(config, [hsm])).toBe(config);
  });

  it('keeps the HSM that was added first where two have one name', () => {
    const both = [addedHsm('fabrikam'), addedHsm('Fabrikam', 'https://other.managedhsm.azure.net')];

    expect(withAdded(config, both).hsms.map(({ name }) => name)).toEqual(['contoso', 'fabrikam']);
  });

  it('names an added HSM by its address in seals, as if the settings named it', () => {
    const [, fabrikam] = withAdded(config, [addedHsm('fabrikam')]).hsms;
    const [, named] = readConfig({
      WARDEN_HSMS: 'contoso,fabrikam',
      WARDEN_BACKUP_URL: 'https://b.blob.core.windows.net',
    }).hsms;

    expect(fabrikam).toEqual({ ...named, isAdded: true });
  });

  it('lets more HSMs share the memory of a process, as the settings would', () => {
    const many = Array.from({ length: 7 }, (_, index) => addedHsm(`fabrikam-${index}`));

    expect([config.concurrency, withAdded(config, many).concurrency]).toEqual([16, 4]);
  });
});
