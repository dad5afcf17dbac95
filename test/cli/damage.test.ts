import { describe, expect, it } from 'vitest';
import { adviceOn, type KeyDamage } from '../../src/cli/backup/damage.ts';
import { verifyAnswer } from '../../src/cli/backup/verify-answer.ts';
import { aBackupRecord } from '../support/backup-record.ts';

const NOW = Date.UTC(2026, 10, 28);
const DAY = 86_400_000;
const backup = { blob: 'contoso/orders/1.keybackup', storedAt: NOW, record: aBackupRecord(Buffer.from('x')) };
const damage = (change: Partial<KeyDamage> = {}): KeyDamage => ({
  hsm: 'contoso',
  key: 'orders',
  backups: [{ backup, reason: '3 of 9 bytes read' }],
  good: undefined,
  where: { is: 'active' },
  ...change,
});

describe('damage', () => {
  it.each<[string, Partial<KeyDamage>, string, readonly string[]]>([
    [
      'of an active key calls for a new backup',
      {},
      'the key is active; no good backup of it is left',
      ['hsm-warden backup run --hsm contoso --key orders --emulator'],
    ],
    [
      'of a deleted key says how long is left, and to recover it',
      { where: { is: 'deleted', scheduledPurgeAt: NOW + 3 * DAY } },
      'purged in 3 d (2026-12-01T00:00:00Z); no good backup of it is left: after that nothing brings it back',
      [
        'hsm-warden key recover --hsm-name contoso --name orders --emulator',
        'hsm-warden backup run --hsm contoso --key orders --emulator',
      ],
    ],
    [
      'of a deleted key with another backup is not the end',
      { good: backup, where: { is: 'deleted', scheduledPurgeAt: NOW + DAY } },
      'its newest good backup was captured',
      ['hsm-warden key recover --hsm-name contoso --name orders --emulator'],
    ],
    ['of a key that is gone may mean that it is lost', { where: { is: 'gone' } }, 'it is LOST', []],
    [
      'of a key that is gone may leave another backup',
      { good: backup, where: { is: 'gone' } },
      'the key is gone; its newest good backup',
      ['hsm-warden backup show contoso/orders/1.keybackup --emulator'],
    ],
    [
      'of a key whose HSM does not answer claims nothing',
      { where: { is: 'unknown', why: '503' } },
      'the state of the key is unknown (503)',
      ['hsm-warden doctor --emulator'],
    ],
  ])('%s', (_case, change, state, next) => {
    const advice = adviceOn(damage(change), NOW, ' --emulator');
    expect(advice.state).toContain(state);
    expect(advice.next).toEqual(next);
  });

  it.each([
    ['nothing was read', { checked: 0, keys: [], empty: ['contoso'] }, 'unknown'],
    ['one of two HSMs has no backup', { checked: 5, keys: [], empty: ['fabrikam'] }, 'unknown'],
    ['something is damaged', { checked: 5, keys: [damage()], empty: ['fabrikam'] }, 'failed'],
    ['all is good', { checked: 5, keys: [], empty: [] }, 'done'],
  ])('and the exit code when %s', (_case, found, exit) => {
    const answer = verifyAnswer({ bytes: 9, key: undefined, ...found }, { now: NOW, same: '' });
    expect(answer.exit).toBe(exit);
  });
});
