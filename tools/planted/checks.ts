/** The checks by which storage authorises nothing, each with the change that takes it away, and the tests that must fail then. */

/** One check taken away. */
export interface PlantedFault {
  /** What is not checked any more; it continues the words "without". */
  readonly check: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: string;
}

const SEALS = 'src/core/seal';
const POINTS = 'src/features/recovery-points';
const REQUEST = 'src/features/recovery/request';
const EXECUTION = 'src/features/recovery/execution';
const AUDIT = 'src/features/audit';

export const PLANTED: readonly PlantedFault[] = [
  {
    check: 'the signature of a seal',
    file: `${SEALS}/verify-seal.ts`,
    from: 'return good ? { good, keyId, sealedAt }',
    to: 'return good || true ? { good: true, keyId, sealedAt }',
    tests: 'test/core/seal',
  },
  {
    check: 'the purpose that a sealing key is for',
    file: `${SEALS}/pinned-keys.ts`,
    from: 'if (!PURPOSES[key.app].includes(purpose))',
    to: 'if (false)',
    tests: 'test/core/seal',
  },
  {
    check: 'the revocation of a sealing key',
    file: `${SEALS}/pinned-keys.ts`,
    from: 'if (key.revoked === true)',
    to: 'if (false)',
    tests: 'test/core/seal',
  },
  {
    check: 'the time until which a sealing key counts',
    file: `${SEALS}/pinned-keys.ts`,
    from: 'if (key.until !== undefined && sealedAt > epochOf(key.until))',
    to: 'if (false)',
    tests: 'test/core/seal',
  },
  {
    check: 'that a record is of the backup which is sealed',
    file: `${POINTS}/point-seals.ts`,
    from: 'fresh.sha256 !== record.sha256 ||',
    to: '',
    tests: 'test/features/recovery-points/sealed-points.test.ts',
  },
  {
    check: 'the seals of backups in a list',
    file: `${POINTS}/proven-backups.ts`,
    from: 'const verdict = judge(record);\n        if (verdict.good) return true;',
    to: 'const verdict = judge(record);\n        if (verdict.good || true) return true;',
    tests: 'test/attacks/backups-writer.test.ts',
  },
  {
    check: 'the seal of a backup that is fetched by its name',
    file: `${POINTS}/proven-backups.ts`,
    from: 'if (verdict.good) return found;',
    to: 'if (verdict.good || true) return found;',
    tests: 'test/features/recovery-points',
  },
  {
    check: 'the seals of the lines of the catalogue',
    file: `${POINTS}/catalogue.ts`,
    from: 'judge(record).good && record.hsm === hsm',
    to: 'record.hsm === hsm',
    tests: 'test/features/recovery-points',
  },
  {
    check: 'the name of the blob in a line of the catalogue',
    file: `${POINTS}/catalogue.ts`,
    from: ' && isBlobOf(blob, record);',
    to: ';',
    tests: 'test/features/recovery-points',
  },
  {
    check: 'the seal of the time of the last run',
    file: 'src/features/backup/last-run.ts',
    from: 'return doubt === undefined ? { value } : { value: undefined, doubt };',
    to: 'return { value };',
    tests: 'test/attacks/dated-times.test.ts',
  },
  {
    check: 'that a run began before its end',
    file: 'src/features/backup/last-run.ts',
    from: '|| end.startedAt > end.endedAt',
    to: '',
    tests: 'test/attacks/dated-times.test.ts',
  },
  {
    check: 'what the record of a run says of keys',
    file: 'src/features/backup/sweep-keys.ts',
    from: ' && !this.#isUnproven(key.name, standing)',
    to: '',
    tests: 'test/attacks/dated-times.test.ts',
  },
  {
    check: 'that a verification goes on from a sealed place',
    file: 'src/features/verify/verify.ts',
    from: 'state = own ? await',
    to: 'state = true ? await',
    tests: 'test/attacks/dated-times.test.ts',
  },
  {
    check: 'the seal of the summary of a scan',
    file: 'src/features/console/summaries.ts',
    from: 'return doubts(datedSummary(head), head.seal);',
    to: 'return doubts === undefined ? "" : undefined;',
    tests: 'test/features/console/home-sealed.test.ts',
  },
  {
    check: 'the losses that are noted for good',
    file: 'src/features/watch/model/noted-losses.ts',
    from: 'if (restored.length === 0) return { state, restored };',
    to: 'return { state, restored: [] };',
    tests: 'test/attacks/forgotten-losses.test.ts',
  },
  {
    check: 'the seal of a note of a finding',
    file: 'src/features/notes/finding-notes.ts',
    from: 'return verdict.good ? { facts }',
    to: 'return verdict.good || true ? { facts }',
    tests: 'test/attacks/forgotten-losses.test.ts',
  },
  {
    check: 'the damage that is noted for good',
    file: 'src/features/verify/verify-state.ts',
    from: 'if (noted.size === 0) return stored;',
    to: 'return stored;',
    tests: 'test/attacks/hidden-damage.test.ts',
  },
  {
    check: 'that damage is noted by the word of this app alone',
    file: 'src/features/verify/verify.ts',
    from: 'if (own) await noteBackups',
    to: 'await noteBackups',
    tests: 'test/attacks/hidden-damage.test.ts',
  },
  {
    check: 'that the notes of findings could be read',
    file: 'src/features/status/summarize-scan.ts',
    from: 'if (scan.unread !== undefined) {',
    to: 'if (false) {',
    tests: 'test/attacks/forgotten-losses.test.ts',
  },
  {
    check: 'the audit log before an execution',
    file: `${EXECUTION}/execute.ts`,
    from: 'if (unproven !== undefined) return { unproven };',
    to: '',
    tests: 'test/attacks/state-writer.test.ts',
  },
  {
    check: 'the write-once claim against the log',
    file: `${EXECUTION}/execute.ts`,
    from: 'return before.begun && !logged.provenBegun ?',
    to: 'return before.begun && false ?',
    tests: 'test/attacks/rolled-back.test.ts',
  },
  {
    check: 'the answer of the HSM against what was approved',
    file: `${EXECUTION}/perform.ts`,
    from: 'if (answer !== undefined && unexpected !== undefined) {',
    to: 'if (answer !== undefined && unexpected !== undefined && false) {',
    tests: 'test/features/recovery/execution/other-key.test.ts',
  },
  {
    check: 'that an approval is in the log',
    file: `${REQUEST}/evidence.ts`,
    from: 'for (const { by, groups, digest: approved } of approvals) {',
    to: 'for (const { by, groups, digest: approved } of approvals) { if (logged.approvals.every((line) => !isBy(line, by, digest))) continue;',
    tests: 'test/attacks/state-writer.test.ts',
  },
  {
    check: 'the groups of an approver',
    file: `${REQUEST}/evidence.ts`,
    from: 'if (!noted.some((line) => line.groups === undefined || isSameSet(line.groups, groups))) {',
    to: 'if (false) {',
    tests: 'test/attacks/state-writer.test.ts',
  },
  {
    check: 'that a request has not ended by the log',
    file: `${REQUEST}/evidence.ts`,
    from: 'if (isOpen && logged.ended !== undefined)',
    to: 'if (false)',
    tests: 'test/attacks/state-writer.test.ts',
  },
  {
    check: 'the seals of approvals',
    file: `${REQUEST}/evidence.ts`,
    from: 'approvals: isApproval && seal.good ?',
    to: 'approvals: isApproval ?',
    tests: 'test/features/recovery/sealed/sealed-decisions.test.ts',
  },
  {
    check: 'that people ended a request for good',
    file: `${REQUEST}/claims.ts`,
    from: 'if (closed !== undefined) throw wasClosed(id);',
    to: '',
    tests: 'test/attacks/rolled-back.test.ts',
  },
  {
    check: 'the seal of a success beside the log',
    file: `${REQUEST}/claims.ts`,
    from: 'if (verdict.good) return kept.outcome;',
    to: 'if (verdict.good || true) return kept.outcome;',
    tests: 'test/features/recovery/sealed/sealed-decisions.test.ts',
  },
  {
    check: 'the hash of a line of the log',
    file: `${AUDIT}/verify-audit.ts`,
    from: "if (!isIntact(entry)) return 'its content was changed';",
    to: '',
    tests: 'test/features/audit',
  },
  {
    check: 'a seal that was put on another line',
    file: `${AUDIT}/verify-audit.ts`,
    from: 'if (!seal.good && seal.forged === true) return',
    to: 'if (false) return',
    tests: 'test/features/audit',
  },
  {
    check: 'the remembered end of the log',
    file: `${AUDIT}/verify-audit.ts`,
    from: 'if (ahead !== undefined) {',
    to: 'if (false) {',
    tests: 'test/features/audit',
  },
  {
    check: 'the sealed checkpoint of the log',
    file: `${AUDIT}/verify-audit.ts`,
    from: 'if (ended !== undefined && isBehind(this.#tip, ended.tip)) {',
    to: 'if (false) {',
    tests: 'test/features/audit',
  },
  {
    check: 'how old a checkpoint is',
    file: `${AUDIT}/verify-onward.ts`,
    from: 'now - checkpoint.at < FULL_EVERY_MS',
    to: 'true',
    tests: 'test/features/audit',
  },
  {
    check: 'the end of the chain that this process has seen',
    file: `${AUDIT}/verify-audit.ts`,
    from: 'isBehind(tip, seen)) {',
    to: 'false) {',
    tests: 'test/features/audit test/features/recovery/access',
  },
];
