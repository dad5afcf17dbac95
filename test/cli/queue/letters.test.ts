/** Messages that failed for good lie in several accounts; one that cannot be read is never called empty. */
import { describe, expect, it } from 'vitest';
import { readLetters, sendAgain, unreadLines } from '../../../src/cli/queue/letters.ts';
import { WardenError } from '../../../src/core/errors.ts';
import type { DeadLetters } from '../../../src/core/ports.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { queueAccountsOf } from '../../../src/platform/dead-letters.ts';
import { MemoryDeadLetters } from '../../support/memory/memory-dead-letters.ts';

const BACKUP = 'https://hostbackup.queue.core.windows.net';
const RECOVERY = 'https://hostrecovery.queue.core.windows.net';
const DRILL = 'https://hostdrill.queue.core.windows.net';

const refused: DeadLetters = {
  list: () => Promise.reject(refusal()),
  retry: () => Promise.reject(refusal()),
  retryAll: () => Promise.reject(refusal()),
};

function refusal() {
  return new WardenError('storage-refused', {
    message: 'The account refused: 403.',
    advice: 'Ask for the role.',
  });
}

function holding(...ids: readonly string[]) {
  const letters = new MemoryDeadLetters();
  for (const id of ids) letters.letters.push({ queue: 'recoveries', id, setAsideAt: 0, message: {} });
  return letters;
}

describe('the accounts that are looked into', () => {
  const azure = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net' };

  it.each<[what: string, settings: Readonly<Record<string, string>>, accounts: readonly string[]]>([
    ['one endpoint', {}, ['https://backups.queue.core.windows.net']],
    [
      'each app its own',
      {
        WARDEN_STATE_URL: 'https://hostrecovery.blob.core.windows.net/',
        WARDEN_QUEUE_URL: BACKUP,
        WARDEN_DRILL_QUEUE_URL: DRILL,
      },
      [BACKUP, RECOVERY, DRILL],
    ],
    [
      'what the recovery app is given',
      {
        WARDEN_STATE_URL: 'https://hostrecovery.blob.core.windows.net',
        WARDEN_QUEUE_URL: `${RECOVERY}/`,
        WARDEN_NOTIFY_QUEUE_URL: BACKUP,
      },
      [RECOVERY, BACKUP],
    ],
    [
      'an endpoint of which no other follows',
      { WARDEN_STATE_URL: 'https://state.example', WARDEN_QUEUE_URL: BACKUP },
      [BACKUP],
    ],
  ])('are, for %s, each once', (_, settings, accounts) => {
    expect(queueAccountsOf(readConfig({ ...azure, ...settings }))).toEqual(accounts);
  });

  it('are reached by https alone', () => {
    expect(() => readConfig({ ...azure, WARDEN_DRILL_QUEUE_URL: 'http://hostdrill.example' })).toThrow(
      /WARDEN_DRILL_QUEUE_URL: found http:\/\/hostdrill.example; expected https/,
    );
  });
});

describe('messages that failed for good', () => {
  it('are found in every account, with the account they lie in', async () => {
    const accounts = [
      { account: BACKUP, letters: holding('a') },
      { account: RECOVERY, letters: holding('b', 'c') },
    ];

    const { found, unread } = await readLetters(accounts);

    expect(found.map(({ account, id }) => [account, id])).toEqual([
      [BACKUP, 'a'],
      [RECOVERY, 'b'],
      [RECOVERY, 'c'],
    ]);
    expect(unread).toEqual([]);
  });

  it('of an account that refuses are unknown, and those of the others are shown', async () => {
    const { found, unread } = await readLetters([
      { account: BACKUP, letters: refused },
      { account: RECOVERY, letters: holding('b') },
    ]);

    expect(found.map(({ id }) => id)).toEqual(['b']);
    expect(unread.flatMap(unreadLines)).toEqual([
      'CANNOT TELL: the queues of hostbackup could not be read (storage-refused)',
      '  The account refused: 403.',
      '  -> Ask for the role.',
    ]);
  });

  it('are sent again where they lie, and nowhere else', async () => {
    const here = { account: RECOVERY, letters: holding('b', 'c') };

    expect(
      await sendAgain({ account: BACKUP, letters: holding('a') }, { queue: 'recoveries', id: 'b' }),
    ).toBe('absent');
    expect(await sendAgain(here, { queue: 'recoveries', id: 'b' })).toBe('sent');
    expect(here.letters.letters.map(({ id }) => id)).toEqual(['c']);
    expect(
      await sendAgain({ account: BACKUP, letters: refused }, { queue: 'recoveries', id: 'b' }),
    ).toMatchObject({
      account: BACKUP,
      code: 'storage-refused',
    });
  });
});
