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
  return {
    name,
    url,
    decision: { kind: 'added', by: { id: 'alice', name: 'Alice' }, at: 0, reason: 'why', seq: 1 },
  };
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
    added = async () => [];
    await clock.advance(10_000);
    expect((await generations.current()).hsms).toEqual(['contoso']);
  });

  it('stops every generation that is in use, and makes no other then', async () => {
    const work = Promise.withResolvers<void>();
    const working = generations.hold(() => work.promise);
    added = async () => [addedHsm('fabrikam')];
    await generations.current();
    await generations.stop();
    work.resolve();
    await working;
    added = async () => [];
    await clock.advance(60_000);
    await generations.current();

    expect(made.map(({ stopped }) => stopped)).toEqual([1, 1]);
  });
});

describe('a generation that another one has succeeded', () => {
  const grow = async () => {
    added = async () => [addedHsm('fabrikam')];
    await clock.advance(60_000);
    await generations.current();
  };

  it('is stopped and forgotten at once where it does nothing', async () => {
    await generations.run((app) => app.scan('contoso'));
    await grow();

    expect(generations.count).toBe(1);
    expect(made.map(({ stopped }) => stopped)).toEqual([1, 0]);
  });

  it('does to its end what it has begun, and only then is stopped and forgotten', async () => {
    const [slow, slower] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const working = [slow, slower].map(({ promise }) => generations.run(() => promise));
    await generations.current();
    await grow();
    slow.resolve();
    await working[0];
    const during = { count: generations.count, stopped: made.map(({ stopped }) => stopped) };
    slower.resolve();
    await working[1];

    expect(during).toEqual({ count: 2, stopped: [0, 0] });
    expect(generations.count).toBe(1);
    expect(made.map(({ stopped }) => stopped)).toEqual([1, 0]);
  });

  it('is forgotten though its last work failed', async () => {
    const slow = Promise.withResolvers<void>();
    const working = generations.run(() => slow.promise);
    await generations.current();
    await grow();
    slow.reject(new TypeError('unforeseen'));

    await expect(working).rejects.toThrow('unforeseen');
    expect(generations.count).toBe(1);
  });

  it('leaves the newest in memory however often the fleet changes', async () => {
    for (let change = 0; change < 50; change += 1) {
      added = async () => [addedHsm(`fabrikam-${change}`)];
      await clock.advance(60_000);
      await generations.run((app) => app.scan(`fabrikam-${change}`));
    }

    expect(made).toHaveLength(51);
    expect(generations.count).toBe(1);
  });

  it('that cannot be stopped is reported, and hinders nothing', async () => {
    const [first] = made;
    if (first !== undefined) first.stop = async () => Promise.reject(new TypeError('unforeseen'));
    await grow();
    await generations.run((app) => app.scan('fabrikam'));

    expect(generations.count).toBe(1);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('a process that starts while the audit log cannot be read', () => {
  const unreadable = async () => {
    throw new WardenError('storage-unavailable', { message: 'The storage is out of reach.' });
  };
  let attempts: number[];

  beforeEach(() => {
    attempts = [];
    added = () => {
      attempts.push(clock.now());
      return unreadable();
    };
  });

  it('tries again on its own, after ten seconds and then each minute at most', async () => {
    const startedAt = clock.now();
    await generations.run((app) => app.scan('contoso'));
    await clock.advance(5 * 60_000);

    expect(attempts.map((at) => (at - startedAt) / 1000)).toEqual([0, 10, 30, 70, 130, 190, 250]);
  });

  it('knows an HSM that people added within a minute after the log can be read', async () => {
    await generations.run((app) => app.scan('contoso'));
    await clock.advance(10 * 60_000);
    added = async () => [addedHsm('fabrikam')];
    await clock.advance(60_000);

    expect(generations.latest.hsms).toEqual(['contoso', 'fabrikam']);
    expect(generations.doubt).toBeUndefined();
  });

  it('goes on trying where other work has just tried in vain', async () => {
    await generations.current();
    await clock.advance(15_000);
    await generations.current();
    added = async () => [addedHsm('fabrikam')];
    await clock.advance(2 * 60_000);

    expect(generations.latest.hsms).toEqual(['contoso', 'fabrikam']);
  });

  it('says each time that it could not, and why', async () => {
    await generations.current();
    await clock.advance(30_000);

    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  it('says until then that it does not know the HSMs that people added', async () => {
    const before = generations.doubt;
    await generations.current();

    expect(before).toContain('are not known');
    expect(generations.doubt).toBe(
      'The HSMs that people added are not known, for the audit log could not be read. The storage is out of reach.',
    );
  });

  it('tries no more once it is stopped', async () => {
    await generations.current();
    await generations.stop();
    await clock.advance(10 * 60_000);

    expect(attempts).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });
});

it('says that later decisions are not known once the audit log could not be read for five minutes', async () => {
  await generations.current();
  const readAt = new Date(clock.now()).toISOString().slice(0, 10);
  added = async () => {
    throw new WardenError('storage-unavailable', { message: 'The storage is out of reach.' });
  };
  await clock.advance(60_000);
  await generations.current();
  const soon = generations.doubt;
  await clock.advance(5 * 60_000);

  expect(soon).toBeUndefined();
  expect(generations.doubt).toContain(`HSMs that people added after ${readAt}`);
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

    expect(fabrikam).toEqual({ ...named, added: addedHsm('fabrikam').decision });
  });

  it('lets more HSMs share the memory of a process, as the settings would', () => {
    const many = Array.from({ length: 7 }, (_, index) => addedHsm(`fabrikam-${index}`));

    expect([config.concurrency, withAdded(config, many).concurrency]).toEqual([16, 4]);
  });
});
