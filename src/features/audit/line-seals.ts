/** The seals of decisions: lines of the audit log, and what is kept beside it. Nothing that only storage says is sealed. */
import type { Json } from '../../core/canonical-json.ts';
import { WardenError } from '../../core/errors.ts';
import type { PinnedKeys } from '../../core/seal/pinned-keys.ts';
import type { Seal, SealedFacts } from '../../core/seal/seal.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { type SealVerdict, verifySeal } from '../../core/seal/verify-seal.ts';
import type { AuditEntry, LineBody } from './entry.ts';

/** What is sealed of a decision that is no line: its kind, so that the seal of one says nothing for another, and its content. */
export interface DecisionFacts {
  readonly kind: 'outcome' | 'rearming-requested' | 'rearming-approval' | 'adoption' | 'probe';
  readonly content: Json;
}

/** Says what the seals of decisions are worth. */
export interface DecisionJudge {
  /** Of a line; good where decisions are not sealed here. */
  line(entry: AuditEntry): SealVerdict;
  /** Of what is kept beside the log. */
  decision(facts: DecisionFacts, seal: Seal | undefined): SealVerdict;
}

/** Seals decisions and judges their seals, where the settings pin a key of the recovery app. */
export interface DecisionSeals {
  /** Seals a line at its place in the chain. Fails with `seal-unavailable`. */
  sealLine(line: LineBody): Promise<Seal>;
  /** Seals a decision that is no line. Fails with `seal-unavailable`. */
  seal(facts: DecisionFacts): Promise<Seal>;
  /** The judge, by the pinned keys. Fails with `seal-unavailable` when these cannot be read. */
  judge(): Promise<DecisionJudge>;
}

/** Where decisions are not sealed, whatever the log says counts. */
const COUNTS: SealVerdict = { good: true, keyId: '', sealedAt: 0 };
const UNSEALED: DecisionJudge = { line: () => COUNTS, decision: () => COUNTS };

/** The judge of `seals`; without seals everything counts. Fails with `seal-unavailable`. */
export async function judgeOf(seals: Pick<DecisionSeals, 'judge'> | undefined): Promise<DecisionJudge> {
  return seals === undefined ? UNSEALED : seals.judge();
}

/** {@link DecisionSeals} by what the platform offers. `resourceOf` says what seals name an HSM of the settings by. */
export function decisionSeals(seals: Seals, resourceOf: (hsm: string) => string | undefined): DecisionSeals {
  const factsOf = ({ seal: _seal, ...line }: LineBody & { readonly seal?: Seal }): SealedFacts => {
    const resource = line.hsm === undefined ? undefined : resourceOf(line.hsm);
    return {
      ...(resource !== undefined && { hsm: resource }),
      position: line.seq,
      facts: { kind: 'line', content: line },
    };
  };
  const make = async (facts: SealedFacts): Promise<Seal> => {
    if (seals.sealer === undefined) throw noKey();
    return seals.sealer.seal('decision', facts);
  };
  return {
    sealLine: (line) => make(factsOf(line)),
    seal: (facts) => make({ facts: { ...facts } }),
    judge: async () => judgeBy(await seals.pinned(), factsOf),
  };
}

function judgeBy(
  pinned: PinnedKeys,
  factsOf: (line: LineBody & { readonly seal?: Seal }) => SealedFacts,
): DecisionJudge {
  const judge = (facts: SealedFacts, seal: Seal | undefined): SealVerdict =>
    seal === undefined ? { good: false, why: 'it has none' } : verifySeal(pinned, 'decision', facts, seal);
  return {
    line: ({ hash: _hash, ...line }) => judge(factsOf(line), line.seal),
    decision: (facts, seal) => judge({ facts: { ...facts } }, seal),
  };
}

function noKey(): WardenError {
  return new WardenError('seal-unavailable', {
    message:
      'No decision can be sealed: the settings pin a key of the recovery app, and name none that this app seals with.',
    advice: 'Set WARDEN_SEAL_KEY_URL of the recovery app to its key (hsm-warden seal show).',
  });
}
