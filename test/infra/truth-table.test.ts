/** Situations of apps and keys in which somebody must hear of it: which rules fire, and how loudly. */
import { describe, expect, it } from 'vitest';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { at, event, line } from '../../tools/infra/alerts/samples.ts';
import { expectFiring, healthy, healthyWith, open, type Situation } from './support/log-rows.ts';

const SITUATIONS: readonly Situation[] = [
  ['everything is in order', healthy(), []],
  [
    'the backup app is dead, and no table was ever made',
    {},
    [
      'no-heartbeat: contoso',
      'no-heartbeat: fabrikam',
      'no-completed-run: contoso',
      'verification-missing: fabrikam',
      'recovery-app-dead: recoveryReconcile',
      'audit-height-unknown: audit log',
      'no-drill: drill',
    ],
  ],
  [
    'the recovery app is dead',
    healthy({ but: ['recoveryReconcile'] }),
    ['recovery-app-dead: recoveryReconcile'],
  ],
  ['the drill app is dead', healthy({ but: ['drills ended'] }), ['no-drill: drill']],
  [
    'one of two HSMs is out of reach',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"watch looked","hsm":"contoso"'] }).AppTraces ?? []).concat(
        [5, 20, 35].map((minutes) =>
          line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }, minutes),
        ),
        [line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 130)],
      ),
    },
    ['hsm-unreachable: contoso'],
  ],
  [
    'the scans of one HSM are stuck',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"watch looked","hsm":"contoso"'] }).AppTraces ?? []).concat([
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 130),
      ]),
    },
    ['no-heartbeat: contoso'],
  ],
  [
    'the sweep of one HSM is missing',
    healthy({ but: ['"sweep ended","hsm":"contoso"'] }),
    ['no-completed-run: contoso'],
  ],
  [
    'the first night has not come yet',
    {
      ...healthy({ but: ['sweep ended', 'verification ended', 'watch looked'] }),
      AppTraces: ['contoso', 'fabrikam'].flatMap((hsm) => [
        line('watch looked', { hsm, ok: true, open: {} }, 20 * 60),
        line('watch looked', { hsm, ok: true, open: {} }, 5),
        line('audit records read', { records: 2, heard: [hsm] }, 10),
        line('drills ended', { hsm: 'drill' }, 30),
        line('audit log height', { height: 0, hash: '0' }, 3),
      ]),
    },
    [],
  ],
  [
    'a key is deleted',
    healthyWith({ AppTraces: [event('HsmWarden.KeyDeleted')] }),
    ['key-deleted: hsms/contoso/keys/signing'],
  ],
  [
    'a key is purged, and a backup brings it back',
    healthyWith({ AppTraces: [event('HsmWarden.KeyPurged', { recoverable: 'restore' })] }),
    ['key-purged: hsms/contoso/keys/signing'],
  ],
  [
    'a key is purged, and nothing brings it back',
    healthyWith({ AppTraces: [event('HsmWarden.KeyPurged', { recoverable: 'lost' })] }),
    ['key-lost: hsms/contoso/keys/signing'],
  ],
  [
    'no verification ends',
    healthy({ but: ['"verification ended","hsm":"fabrikam"'] }),
    ['verification-missing: fabrikam'],
  ],
  [
    'the topic refuses events',
    healthyWith({
      AppTraces: [line('events wait, the topic does not take them', { waiting: 1, error: 'x' })],
    }),
    ['topic-refuses: events wait, the topic does not take them'],
  ],
  [
    'a last backup cannot be pinned',
    healthyWith({
      AppTraces: [line('backup could not be pinned', { hsm: 'contoso', blob: 'b', error: 'x' })],
    }),
    ['pin-failed: contoso'],
  ],
  ['one key of 5000 is overdue still', open({ 'key-backup-overdue': 1 }), ['open-findings: contoso']],
  ['one key of 5000 has no backup still', open({ 'key-unprotected': 1 }), ['open-findings: contoso']],
  [
    'a lost key is not acknowledged still',
    healthyWith({
      AppTraces: [
        line(
          'keys are lost, and nobody has acknowledged it',
          { hsm: 'contoso', keys: 1, named: ['orders'] },
          1,
        ),
      ],
    }),
    ['key-lost-still: contoso'],
  ],
  ['keys can be purged at once still', open({ 'purge-protection-off': 1 }), ['hsm-set-up-weakly: contoso']],
  [
    'deleted keys are kept too short still',
    open({ 'retention-too-short': 1 }),
    ['hsm-set-up-weakly: contoso'],
  ],
  ['no drill HSM is named still', open({ 'restores-unproven': 1 }), ['hsm-set-up-weakly: contoso']],
  ['the drill app never runs still', open({ 'no-drill': 1 }), ['hsm-set-up-weakly: contoso']],
  [
    'damaged backups are stored still',
    healthyWith({
      AppTraces: [line('verification ended with damaged backups', { hsm: 'contoso', damaged: 1 }, 5)],
    }),
    ['backups-damaged: contoso'],
  ],
  [
    'a key is brought back and no decision is sealed, as the backup app finds it',
    healthyWith({ AppTraces: [event('HsmWarden.KeyBroughtBackUnapproved', { severity: 'critical' })] }),
    ['approval-forged: hsms/contoso/keys/signing'],
  ],
  [
    'the audit log of an HSM reaches nobody',
    healthy({ but: ['"heard":["contoso"]'] }),
    ['audit-feed-silent: contoso'],
  ],
  [
    'the height of the audit chain falls',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"audit log height","height":42'] }).AppTraces ?? []).concat([
        line('audit log height', { height: 41, hash: '0' }, 3),
        line('audit log height', { height: 42, hash: '1' }, 150),
      ]),
    },
    ['audit-height-falls: audit log'],
  ],
  [
    'the audit chain is as high as before, and another one',
    healthyWith({ AppTraces: [line('audit log height', { height: 42, hash: '2' }, 1)] }),
    ['audit-height-falls: audit log'],
  ],
  [
    'nothing says how high the audit chain is',
    healthy({ but: ['audit log height'] }),
    ['audit-height-unknown: audit log'],
  ],
  [
    'the recovery app lives, and each reconciling fails',
    {
      ...healthy(),
      AppRequests: [4, 9].map((minutes) => ({
        TimeGenerated: at(minutes),
        Name: 'recoveryReconcile',
        ResultCode: '0',
        Success: false,
        Url: '',
      })),
    },
    ['recovery-app-dead: recoveryReconcile'],
  ],
  [
    'a verification goes on and never ends',
    {
      ...healthy(),
      AppTraces: (healthy({ but: ['"verification ended","hsm":"contoso"'] }).AppTraces ?? []).concat([
        line('verification continues later', { hsm: 'contoso' }, 60),
      ]),
    },
    ['verification-missing: contoso'],
  ],
  [
    'a purged key is not back still',
    healthyWith({
      AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: {}, purgedKeys: 1 }, 1)],
    }),
    ['keys-gone-still: contoso'],
  ],
  [
    'the memory of the incidents is lost',
    healthyWith({ AppTraces: [line('incidents that cannot be read were set aside', { scope: 'product' })] }),
    ['channel-failing: product'],
  ],
];

describe('the truth table', () => {
  it.each(SITUATIONS)('%s', (_situation, rows, fires) => {
    expectFiring(rows, fires);
  });

  it('has nothing louder than what is or may be an attack, a lost key, and a backup that does not restore', () => {
    const loudest = [
      ...['key-brought-back-unapproved', 'approval-forged', 'key-lost', 'audit-height-falls'],
      ...['security-domain-touched', 'seal-key-touched', 'drill-failed', 'drill-hsm-used'],
    ];
    expect(
      Object.keys(ALERTS)
        .filter((name) => ALERTS[name]?.severity === 0)
        .sort(),
    ).toEqual(loudest.sort());
    expect(ALERTS['hsm-unreachable']?.severity).toBe(1);
  });
});
