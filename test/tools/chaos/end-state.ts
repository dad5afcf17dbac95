/** The end of a good campaign, small: two keys, one of them brought back, one purged. Tests change one thing and ask the checker. */
import { createHash } from 'node:crypto';
import {
  type Evidence,
  IDENTITIES,
  type SeenBackup,
  type SeenEvent,
  type SeenKey,
  type SeenRun,
} from '../../../tools/chaos/checker/evidence.ts';

const [ALICE, BOB, CAROL] = [
  'a11ce000-0000-4000-8000-000000000001',
  'b0b00000-0000-4000-8000-000000000002',
  'ca501000-0000-4000-8000-000000000003',
];
const ID = '01kb5000000000000000000000';
export const AT = Date.parse('2026-11-28T12:00:00Z');
export const RUN = '20261128T120000Z-nightly';
const HSM = 'contoso';

/** A line of the audit log before it is chained. */
export interface Line {
  readonly event: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  readonly at: number;
  readonly recoveryId: string;
  readonly digest: string;
  readonly groups?: readonly string[];
}

/** The lines of one recovery from its request to its end. */
export function recoveryLines(): readonly Line[] {
  const line = (event: string, id: string, seconds: number, groups?: readonly string[]): Line => ({
    event: `recovery-${event}`,
    actor: { kind: id === 'hsm-warden' ? 'service' : 'person', id, name: id },
    at: AT + seconds * 1000,
    recoveryId: ID,
    digest: 'd'.repeat(64),
    ...(groups !== undefined && { groups }),
  });
  return [
    line('requested', ALICE ?? '', 0),
    line('approval-given', BOB ?? '', 10, ['security']),
    line('approval-given', CAROL ?? '', 20, ['key-owner']),
    line('approved', 'hsm-warden', 20),
    line('execution-started', 'hsm-warden', 30),
    line('succeeded', 'hsm-warden', 40),
  ];
}

/** A part of the audit log with these lines, chained after RFC 8785, and what remembers its end. */
export function chained(lines: readonly Line[]): Pick<Evidence, 'auditParts' | 'auditEnd'> {
  let tip = { seq: 0, hash: '0'.repeat(64) };
  let text = '';
  for (const line of lines) {
    const content = {
      ...line,
      decision: 'noted',
      format: 1,
      occurredAt: line.at,
      prev: tip.hash,
      seq: tip.seq + 1,
    };
    const hash = createHash('sha256').update(canonical(content)).digest('hex');
    text += `${canonical({ ...content, hash })}\n`;
    tip = { seq: content.seq, hash };
  }
  return { auditParts: [text], auditEnd: tip };
}

/** Members by name; the objects in here have two levels at most. */
function canonical(value: object): string {
  const sorted = (one: object) =>
    Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(sorted(value), (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member) ? sorted(member) : member,
  );
}

/** An active key with two versions. */
export function keyOf(key: string): SeenKey {
  return {
    hsm: HSM,
    key,
    versions: ['1', '2'].map((digit) => ({
      id: digit.repeat(32),
      publicKey: `public key ${digit} of ${key}`,
    })),
  };
}

/** The backup of a key that a restore proved good. */
export function backupOf({ hsm, key, versions }: SeenKey): SeenBackup {
  const blob = `${hsm}/${key}/20261128T120001000Z-${versions.at(-1)?.id}.keybackup`;
  return {
    blob,
    hsm,
    key,
    runId: RUN,
    capturedAt: AT + 1_000,
    sealed: true,
    intact: true,
    restored: { key, versions },
  };
}

/** An event at the topic. */
export function eventOf(type: string, key: string, data: object, seconds = 0): SeenEvent {
  const id = createHash('sha256').update(`${type} ${key}`).digest('hex').slice(0, 32);
  const time = new Date(AT + seconds * 1000).toISOString();
  return { id, type: `HsmWarden.${type}`, subject: `hsms/${HSM}/keys/${key}`, time, data };
}

/** Everything as it should be. */
export function goodEnd(): Evidence {
  const keys = [keyOf('alpha'), keyOf('beta')];
  const backups = keys.map(backupOf);
  const ofRecovery = { hsm: HSM, key: 'beta', recoveryId: ID };
  return {
    keys,
    deleted: [{ hsm: HSM, key: 'gamma' }],
    backups,
    catalogue: backups.map(({ hsm, key, blob }) => ({ hsm, key, blob })),
    runs: [
      {
        hsm: HSM,
        runId: RUN,
        state: 'succeeded',
        claimed: 2,
        lines: 2,
        backedUp: backups.map(({ blob }) => blob),
        startedAt: AT,
        endedAt: AT + 60_000,
        unchanged: [],
      },
    ],
    ...chained(recoveryLines()),
    recoveries: [
      { id: ID, state: 'succeeded', action: 'recover', target: HSM, key: 'beta', requester: ALICE ?? '' },
    ],
    calls: [
      { at: AT - 900_000, hsm: HSM, operation: 'KeyDelete', key: 'gamma', by: 'somebody' },
      { at: AT - 800_000, hsm: HSM, operation: 'KeyDelete', key: 'delta', by: 'somebody' },
      { at: AT - 700_000, hsm: HSM, operation: 'KeyPurge', key: 'delta', by: 'somebody' },
      { at: AT + 35_000, hsm: HSM, operation: 'KeyRecover', key: 'beta', by: IDENTITIES.recovery },
    ],
    acts: [{ at: AT + 35_000, hsm: HSM, key: 'beta', action: 'recover', by: IDENTITIES.recovery }],
    events: [
      eventOf('KeyDeleted', 'gamma', { secondsLeft: 10 }, -890),
      eventOf('KeyDeleted', 'delta', { secondsLeft: 10 }, -790),
      eventOf('RecoveryRequested', 'beta', ofRecovery),
      eventOf('RecoveryApproved', 'beta', ofRecovery),
      eventOf('RecoveryStarted', 'beta', ofRecovery),
      eventOf('RecoverySucceeded', 'beta', ofRecovery),
      eventOf('MessagePoisoned', 'epsilon', { message: 'm1' }),
    ],
    waiting: { 'hsm-sweeps': 0, 'hsm-sweeps-poison': 1, 'key-backups': 1 },
    setAside: [{ queue: 'hsm-sweeps-poison', id: 'm1' }],
    leased: [],
    hung: [],
  };
}

/** A run of a minute later that found nothing to do. */
export function laterRun(): SeenRun {
  return {
    hsm: HSM,
    runId: RUN.replace('T120000', 'T120100'),
    state: 'succeeded',
    claimed: 2,
    lines: 2,
    backedUp: [],
    startedAt: AT + 60_000,
    endedAt: AT + 70_000,
    unchanged: ['alpha', 'beta'],
  };
}
