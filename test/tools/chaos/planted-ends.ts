/** Ends of a campaign as bugs of the product would leave them. */
import { type Evidence, IDENTITIES } from '../../../tools/chaos/checker/evidence.ts';
import type { Verdict } from '../../../tools/chaos/checker/judge.ts';
import { AT, backupOf, chained, eventOf, keyOf, laterRun, recoveryLines } from './end-state.ts';

/** What a bug of the product leaves behind, as a change of a good end, and where it must show. */
export const BUGS: readonly [
  bug: string,
  where: keyof Verdict,
  change: (good: Evidence) => Partial<Evidence>,
][] = [
  ['a checkpoint is dropped', 'lost', ({ catalogue }) => ({ catalogue: catalogue.slice(1) })],
  [
    'an error is swallowed: a key has no backup and its run succeeded',
    'lost',
    ({ backups }) => ({ backups: backups.slice(1) }),
  ],
  [
    'a rotation is not backed up',
    'lost',
    ({ keys }) => ({
      keys: keys.map((key) => ({
        ...key,
        versions: [...key.versions, { id: '3'.repeat(32), publicKey: 'new' }],
      })),
    }),
  ],
  [
    'a backup restores the version with another public key',
    'lost',
    ({ keys }) => ({
      keys: keys.map((key) => ({
        ...key,
        versions: key.versions.map((one) => ({ ...one, publicKey: 'other' })),
      })),
    }),
  ],
  [
    'a backup holds another key than it is named after',
    'lost',
    ({ backups, keys: [, beta] }) => ({
      backups: backups.map((one) => ({ ...one, restored: { key: 'beta', versions: beta?.versions ?? [] } })),
    }),
  ],
  [
    'the only backup of a key has no seal',
    'lost',
    ({ backups }) => ({ backups: backups.map((one) => ({ ...one, sealed: false })) }),
  ],
  [
    'a backup does not restore',
    'lost',
    ({ backups }) => ({ backups: backups.map((one) => ({ ...one, restored: 'refused' as const })) }),
  ],
  [
    'a stored backup has other bytes than were sent',
    'lost',
    ({ backups }) => ({ backups: backups.map((one) => ({ ...one, intact: false })) }),
  ],
  [
    'the catalogue names a backup that is not there',
    'lost',
    ({ catalogue }) => ({ catalogue: catalogue.map((one) => ({ ...one, blob: `${one.blob}x` })) }),
  ],
  [
    'a run says a backup that it did not make',
    'lost',
    ({ runs }) => ({ runs: runs.map((run) => ({ ...run, backedUp: ['x'] })) }),
  ],
  [
    'an error is swallowed: a run calls a key unchanged that had no backup yet',
    'lost',
    ({ runs }) => ({ runs: runs.map((run) => ({ ...run, endedAt: AT - 60_000, unchanged: ['alpha'] })) }),
  ],
  [
    'an error is swallowed: a run calls a key unchanged that was rotated after its last backup',
    'lost',
    ({ calls }) => ({
      calls: [
        ...calls,
        { at: AT + 20_000, hsm: 'contoso', operation: 'KeyRotate', key: 'alpha', by: 'somebody' },
      ],
      runs: [laterRun()],
    }),
  ],
  [
    'a run loses the line of a key',
    'lost',
    ({ runs }) => ({ runs: runs.map((run) => ({ ...run, lines: 1 })) }),
  ],
  ['a recovery is said to be done and is not', 'lost', () => ({ acts: [], calls: [] })],
  ['the end of a recovery is in no log', 'lost', () => chained(recoveryLines().slice(0, -1))],
  [
    'a lease is forgotten: two workers back up the same key in the same run',
    'doubled',
    ({ backups }) => ({
      backups: [
        ...backups,
        { ...backupOf(keyOf('alpha')), blob: 'contoso/alpha/20261128T120002000Z-2.keybackup' },
      ],
    }),
  ],
  [
    'a recovery is executed twice',
    'doubled',
    ({ acts, calls }) => ({ acts: [...acts, ...acts], calls: [...calls, ...calls] }),
  ],
  [
    'a recovery ends twice, each time otherwise',
    'doubled',
    () => chained([...recoveryLines(), { ...last(recoveryLines()), event: 'recovery-failed' }]),
  ],
  [
    'an event means two things',
    'doubled',
    ({ events }) => ({ events: [...events, { ...last(events), data: { message: 'm2' } }] }),
  ],
  ['one approval suffices', 'unapproved', () => chained(without('approval-given', 1))],
  ['no approval suffices', 'unapproved', () => chained(without('approval-given', 2))],
  [
    'the requester approves',
    'unapproved',
    ({ recoveries }) => ({
      recoveries: recoveries.map((one) => ({ ...one, requester: 'ca501000-0000-4000-8000-000000000003' })),
    }),
  ],
  [
    'approvals for something else count',
    'unapproved',
    () =>
      chained(
        recoveryLines().map((line) =>
          line.event === 'recovery-approval-given' ? { ...line, digest: 'e'.repeat(64) } : line,
        ),
      ),
  ],
  [
    'what is begun is not what was asked for',
    'unapproved',
    () =>
      chained(
        recoveryLines().map((line) =>
          line.event === 'recovery-requested' ? { ...line, digest: 'e'.repeat(64) } : line,
        ),
      ),
  ],
  [
    'the approvals come after the act',
    'unapproved',
    ({ acts }) => ({ acts: acts.map((act) => ({ ...act, at: AT + 5_000 })) }),
  ],
  [
    'a key comes back that nobody asked for',
    'unapproved',
    ({ acts }) => ({ acts: acts.map((act) => ({ ...act, key: 'zeta' })) }),
  ],
  [
    'an app brings back what nobody saw it bring back',
    'unapproved',
    ({ calls }) => ({ calls: [...calls, ...calls.filter(({ by }) => by === IDENTITIES.recovery)] }),
  ],
  [
    'the backup app deletes a key',
    'unapproved',
    ({ calls }) => ({
      calls: [
        ...calls,
        { at: AT, hsm: 'contoso', operation: 'KeyDelete', key: 'eta', by: IDENTITIES.backup },
      ],
    }),
  ],
  [
    'a line of the audit log is changed',
    'unapproved',
    ({ auditParts }) => ({ auditParts: auditParts.map((text) => text.replace('a11ce', 'a11cf')) }),
  ],
  [
    'a line of the audit log is removed',
    'unapproved',
    ({ auditParts }) => ({ auditParts: auditParts.map((text) => text.replace(/.*\n/, '')) }),
  ],
  [
    'the audit log is cut short',
    'unapproved',
    ({ auditParts }) => ({ auditParts: auditParts.map((text) => text.replace(/[^\n]*\n$/, '')) }),
  ],
  ['what remembers the end of the audit log is gone', 'unapproved', () => ({ auditEnd: undefined })],
  [
    'an event is lost',
    'unreported',
    ({ events }) => ({ events: events.filter(({ type }) => !type.endsWith('Succeeded')) }),
  ],
  [
    'a purge is not reported',
    'unreported',
    ({ events }) => ({ events: events.filter(({ subject }) => !subject?.endsWith('delta')) }),
  ],
  [
    'a deletion is reported only after its purge, as a deletion',
    'unreported',
    ({ events }) => ({
      events: [
        ...events.filter(({ subject }) => !subject?.endsWith('delta')),
        eventOf('KeyDeleted', 'delta', {}, -600),
      ],
    }),
  ],
  [
    'a deletion is not reported',
    'unreported',
    ({ events }) => ({ events: events.filter(({ subject }) => !subject?.endsWith('gamma')) }),
  ],
  [
    'a message is set aside in silence',
    'unreported',
    ({ events }) => ({ events: events.filter(({ type }) => !type.endsWith('Poisoned')) }),
  ],
  ['a message is never worked on', 'hung', () => ({ waiting: { recoveries: 1 } })],
  ['a lease is never given back', 'hung', () => ({ leased: ['locks/hsm-contoso'] })],
  ['a run never ends', 'hung', ({ runs }) => ({ runs: runs.map((run) => ({ ...run, state: 'running' })) })],
  [
    'an approved recovery is never executed',
    'hung',
    ({ recoveries }) => ({
      recoveries: recoveries.map((one) => ({ ...one, state: 'approved' })),
      ...chained(recoveryLines().slice(0, 4)),
    }),
  ],
  ['a process does not end', 'hung', () => ({ hung: ['backup-0 did not end'] })],
];

function last<T>(list: readonly T[]): T {
  const found = list.at(-1);
  if (found === undefined) throw new Error('expected a list that is not empty');
  return found;
}

/** The lines of the recovery without the first `count` of a kind. */
function without(kind: string, count: number) {
  let left = count;
  return recoveryLines().filter(({ event }) => {
    if (event !== `recovery-${kind}` || left === 0) return true;
    left -= 1;
    return false;
  });
}
