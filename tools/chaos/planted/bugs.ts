/** Bugs of the product on purpose: each must make the checker fail. */
import type { TextChange } from '../changes/text-change.ts';

/** A bug, as one exchange of text in one file. */
export interface PlantedBug extends TextChange {
  readonly name: string;
  /** What is wrong then, in words. */
  readonly what: string;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'drop-checkpoint',
    what: 'what a checkpoint saves never comes into the catalogue',
    file: 'src/features/backup/run-ledger.ts',
    from: 'if (backups.length > 0) await saveBackups(this.state, head.hsm, backups);',
    to: '',
  },
  {
    name: 'forget-lease',
    what: 'a sweep works without the lease of its HSM',
    file: 'src/features/backup/sweep.ts',
    from: "if (!isWardenError(error, 'lease-held')) throw error;",
    to: "if (isWardenError(error, 'lease-held')) return { lost: new AbortController().signal, release: async () => undefined };",
  },
  {
    name: 'keep-lease',
    what: 'the lease of an HSM is never given back, and is renewed as long as the process lives',
    file: 'src/features/backup/sweep.ts',
    from: 'await giveBack(lease, deps.logger, { hsm: message.hsm, runId: message.runId });',
    to: '',
  },
  {
    name: 'execute-twice',
    what: 'a recovery that was done stays approved, and is taken up again',
    file: 'src/features/recovery/request/state-machine.ts',
    from: 'state: outcome.result, outcome, endedAt: now };',
    to: "state: 'approved' };",
  },
  {
    name: 'recover-again',
    what: 'a key that was deleted again after its recovery is recovered once more',
    file: 'src/features/recovery/planning/require-fit.ts',
    from: "if (action === 'recover' && found.state === 'deleted' && !isApprovedDeletion(deletedAt, found.deletedAt)) {",
    to: 'if (false) {',
  },
  {
    name: 'swallow-error',
    what: 'a key whose backup failed counts as unchanged',
    file: 'src/features/backup/attempt-key.ts',
    from: "error.code === 'key-not-found' ? 'vanished' : error.transient ? 'failed' : 'refused';",
    to: "error.code === 'key-not-found' ? 'vanished' : 'unchanged';",
  },
  {
    name: 'approve-by-one',
    what: 'one approval suffices',
    file: 'src/features/recovery/model/policy.ts',
    from: 'return people.length >= rule.approvals && canSeat(rule.groups, people);',
    to: 'return people.length >= 1;',
  },
  {
    name: 'lose-event',
    what: 'every other event is struck off without being sent',
    file: 'src/core/events/bus.ts',
    from: 'const open = pending.filter(({ id }) => !done.has(id));',
    to: 'const open = pending.filter(({ id }) => !done.has(id) && Number.parseInt(id.slice(-1), 16) % 2 === 0);\n    for (const { id } of pending) if (Number.parseInt(id.slice(-1), 16) % 2 === 1) done.add(id);',
  },
];
