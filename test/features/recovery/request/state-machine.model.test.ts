/** The state machine against arbitrary interleavings of people, workers, duplicates, replays, crashes and time. */
import { fc, test } from '@fast-check/vitest';
import { afterAll, describe, expect } from 'vitest';
import { isWardenError } from '../../../../src/core/errors.ts';
import type { RecoveryRecord } from '../../../../src/features/recovery/model/record.ts';
import { isDue } from '../../../../src/features/recovery/request/requirements.ts';
import {
  applyCommand,
  type Command,
  openRequest,
} from '../../../../src/features/recovery/request/state-machine.ts';
import { aNewRequest, HOUR_MS, person, T0 } from '../../../support/recovery-builders.ts';

const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'ALICE', 'BOB'] as const;
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  alice: ['security', 'key-owner'],
  bob: ['security'],
  carol: ['key-owner'],
  dave: ['security', 'key-owner'],
};
const CLAIM_MS = HOUR_MS / 20;
const REQUIRED_GROUPS = ['security', 'key-owner'];
const RUNS = 3_000;
const tally = { cases: 0, steps: 0, accepted: 0, refused: 0, conflicts: 0, executions: 0, ended: 0 };

/** One step of a story. Client `client` works on the snapshot it read last, however old. */
type Step =
  | { readonly do: 'read'; readonly client: number }
  | { readonly do: 'crash'; readonly client: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'command'; readonly client: number; readonly command: Intent; readonly fresh: boolean };
type Intent =
  | { readonly type: 'approve'; readonly who: number; readonly digest: 'right' | 'wrong' | 'other' }
  | { readonly type: 'reject' | 'cancel'; readonly who: number }
  | { readonly type: 'expire' | 'claim' | 'give-up' }
  | { readonly type: 'finish'; readonly result: 'succeeded' | 'failed' };

const client = fc.nat({ max: 3 });
const who = fc.nat({ max: PEOPLE.length - 1 });
const intent: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 18,
    arbitrary: fc.record({
      type: fc.constant('approve' as const),
      who,
      digest: fc.constantFrom(
        'right' as const,
        'right' as const,
        'right' as const,
        'wrong' as const,
        'other' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('reject' as const, 'cancel' as const), who }) },
  {
    weight: 14,
    arbitrary: fc.record({
      type: fc.constantFrom('claim' as const, 'claim' as const, 'give-up' as const, 'expire' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('finish' as const),
      result: fc.constantFrom('succeeded' as const, 'failed' as const),
    }),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), client }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), client }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 0, 1, 1, CLAIM_MS - 1, CLAIM_MS, CLAIM_MS, HOUR_MS / 4, HOUR_MS),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      client,
      command: intent,
      fresh: fc.boolean(),
    }),
  },
);

/** The stored document and its version, as an ETag-guarded store keeps it. */
class Story {
  now = T0;
  stored: RecoveryRecord;
  version = 1;
  readonly snapshots = new Map<number, { readonly record: RecoveryRecord; readonly version: number }>();
  /** Kept by the test alone, never read from the record. */
  readonly consents = new Map<string, readonly string[]>();
  readonly claims: { readonly worker: string; readonly at: number; until: number }[] = [];
  ended = 0;
  readonly #other: RecoveryRecord;

  constructor() {
    const asked = aNewRequest({ rule: { approvals: 2, groups: REQUIRED_GROUPS } });
    this.stored = openRequest(asked, T0);
    this.#other = openRequest({ ...asked, id: 'b'.repeat(26) }, T0);
  }

  play(next: Step): void {
    tally.steps += 1;
    if (next.do === 'read') this.snapshots.set(next.client, { record: this.stored, version: this.version });
    else if (next.do === 'crash') this.snapshots.delete(next.client);
    else if (next.do === 'wait') this.now += next.ms;
    else this.command(next.client, next.command, next.fresh);
  }

  private command(by: number, intended: Intent, fresh: boolean): void {
    const held = fresh ? undefined : this.snapshots.get(by);
    const { record, version } = held ?? { record: this.stored, version: this.version };
    const command = this.toCommand(by, intended, record);
    let changed: RecoveryRecord;
    try {
      changed = applyCommand(record, command, this.now, record.rule);
    } catch (error) {
      expect(isWardenError(error)).toBe(true);
      tally.refused += 1;
      return;
    }
    if (version !== this.version) {
      tally.conflicts += 1;
      return;
    }
    tally.accepted += 1;
    this.judge(this.stored, command, changed);
    this.stored = changed;
    this.version += 1;
  }

  private toCommand(by: number, intended: Intent, record: RecoveryRecord): Command {
    const worker = `worker-${by}`;
    switch (intended.type) {
      case 'approve': {
        const id = PEOPLE[intended.who] ?? 'bob';
        const digests = { right: record.digest, wrong: '0'.repeat(64), other: this.#other.digest };
        return {
          type: 'approve',
          by: person(id),
          groups: GROUPS[id.toLowerCase()] ?? [],
          digest: digests[intended.digest],
        };
      }
      case 'reject':
      case 'cancel':
        return { type: intended.type, by: person(PEOPLE[intended.who] ?? 'bob'), reason: 'because' };
      case 'claim':
        return { type: 'claim', worker, until: this.now + CLAIM_MS };
      case 'expire':
        return { type: 'expire' };
      case 'give-up':
        return {
          type: 'give-up',
          worker,
          why: { code: 'hsm-unreachable', message: 'silent', nextAt: this.now },
        };
      case 'finish':
        return {
          type: 'finish',
          worker,
          outcome: { result: intended.result, step: 'verify', message: 'done', warnings: [] },
        };
    }
  }

  /** What must hold of every accepted command, judged by the test's own books. */
  private judge(before: RecoveryRecord, command: Command, after: RecoveryRecord): void {
    expect(['requested', 'approved', 'executing']).toContain(before.state);
    if (command.type === 'approve') {
      const id = command.by.id.toLowerCase();
      expect(id).not.toBe('alice');
      expect(this.consents.has(id)).toBe(false);
      expect(command.digest).toBe(before.digest);
      expect(this.now).toBeLessThan(before.expiresAt);
      this.consents.set(id, command.groups);
    }
    if (command.type === 'claim') this.judgeClaim(before, command);
    if (command.type === 'give-up') this.currentClaim(command.worker).until = this.now;
    if (command.type === 'finish') {
      this.currentClaim(command.worker);
      this.ended += 1;
    }
    expect(after.facts).toBeGreaterThanOrEqual(before.facts);
    expect(after.untold.map(({ n }) => n)).toEqual(after.untold.map((_, index) => index + 1));
  }

  private judgeClaim(before: RecoveryRecord, command: Extract<Command, { type: 'claim' }>): void {
    const people = [...this.consents.values()];
    const pair = people.some((a, i) =>
      people.some((b, j) => i !== j && a.includes('security') && b.includes('key-owner')),
    );
    expect(people.length).toBeGreaterThanOrEqual(2);
    expect(pair).toBe(true);
    if (this.claims.length === 0) expect(this.now).toBeLessThan(before.expiresAt);
    const running = this.claims.filter(({ until }) => this.now < until);
    expect(running).toEqual([]);
    this.claims.push({ worker: command.worker, at: this.now, until: command.until });
    tally.executions += 1;
  }

  private currentClaim(worker: string) {
    const current = this.claims.at(-1);
    expect(current?.worker).toBe(worker);
    if (current === undefined) throw new Error('expected a claim before it is given up or finished');
    return current;
  }
}

describe('a recovery request under any interleaving', () => {
  afterAll(() => process.stdout.write(`state machine model: ${JSON.stringify(tally)}\n`));

  test.prop([fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })], { numRuns: RUNS })(
    'executes only with a complete, valid, unexpired set of approvals, one worker at a time, and ends once',
    (steps) => {
      const story = new Story();
      for (const next of steps) story.play(next);
      tally.cases += 1;
      tally.ended += story.ended;

      expect(story.ended).toBeLessThanOrEqual(1);
      if (isDue(story.stored, story.now)) expect(story.claims).toEqual([]);
    },
  );

  test.prop([
    fc.constantFrom(
      'id',
      'reason',
      'key',
      'target',
      'action',
      'backup',
      'requester',
      'approvals',
      'expiresAt',
    ),
  ])('is not executed after its stored content was changed behind its approvers', (member) => {
    const story = new Story();
    const approve = (id: 'bob' | 'carol'): Step[] => [
      {
        do: 'command',
        client: 0,
        fresh: true,
        command: { type: 'approve', who: PEOPLE.indexOf(id), digest: 'right' },
      },
    ];
    for (const next of [...approve('bob'), ...approve('carol')]) story.play(next);
    expect(story.stored.state).toBe('approved');
    const changed = tamper(story.stored, member);

    const claim = () =>
      applyCommand(changed, { type: 'claim', worker: 'w', until: T0 + 1 }, T0, changed.rule);

    expect(claim).toThrow(expect.objectContaining({ code: 'approvals-incomplete' }));
  });
});

function tamper(record: RecoveryRecord, member: string): RecoveryRecord {
  const backup = { blob: 'contoso/orders/x.keybackup', sha256: '1'.repeat(64), capturedAt: T0 };
  switch (member) {
    case 'id':
      return { ...record, id: 'c'.repeat(26) };
    case 'reason':
      return { ...record, reason: 'another' };
    case 'key':
      return { ...record, operation: { ...record.operation, key: 'payroll' } };
    case 'target':
      return { ...record, operation: { ...record.operation, target: 'fabrikam' } };
    case 'action':
      return { ...record, operation: { ...record.operation, action: 'restore' } };
    case 'backup':
      return { ...record, operation: { ...record.operation, backup } };
    case 'requester':
      return { ...record, requester: person('mallory') };
    case 'approvals':
      return { ...record, rule: { approvals: 1, groups: [] } };
    default:
      return { ...record, expiresAt: record.expiresAt + HOUR_MS };
  }
}
