/** The seals of decisions: lines of the audit log, and what is kept beside it. Nothing that only storage says is sealed. */
import type { Json } from '../../core/canonical-json.ts';
import { WardenError } from '../../core/errors.ts';
import type { PinnedKeys } from '../../core/seal/pinned-keys.ts';
import type { Seal, SealedFacts } from '../../core/seal/seal.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { type SealVerdict, verifySeal } from '../../core/seal/verify-seal.ts';
import { type AuditEntry, entryOf, type LineBody } from './entry.ts';

/** What is sealed of a decision that is no line: its kind, so that the seal of one says nothing for another, and its content. */
export interface DecisionFacts {
  readonly kind:
    | 'outcome'
    | 'rearming-requested'
    | 'rearming-approval'
    | 'adoption'
    | 'audit-checkpoint'
    | 'incident-acknowledgement'
    | 'probe';
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
  /** The entry of a line, with the resource of its HSM, sealed at its place in the chain. Fails with `seal-unavailable`. */
  sealLine(line: LineBody): Promise<AuditEntry>;
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

/** What seals name an HSM of the settings by; undefined for one that the settings do not name. */
type ResourceOf = (hsm: string) => string | undefined;

/** {@link DecisionSeals} by what the platform offers. `urlOf` says what seals named an HSM by before it got a resource. */
export function decisionSeals(seals: Seals, resourceOf: ResourceOf, urlOf = resourceOf): DecisionSeals {
  const make = async (facts: SealedFacts): Promise<Seal> => {
    if (seals.sealer === undefined) throw noKey();
    return seals.sealer.seal('decision', facts);
  };
  return {
    sealLine: async (line) => {
      const resource = line.hsm === undefined ? undefined : resourceOf(line.hsm);
      const body = resource === undefined ? line : { ...line, resource };
      return entryOf(body, await make(factsOf(body, resource)));
    },
    seal: (facts) => make({ facts: { ...facts } }),
    judge: async () => {
      const pinned = await seals.pinned();
      return {
        line: (entry) => judgeLine(pinned, entry, resourceOf, urlOf),
        decision: (facts, seal) => judge(pinned, { facts: { ...facts } }, seal),
      };
    },
  };
}

function factsOf(content: LineBody, resource: string | undefined): SealedFacts {
  const about = { position: content.seq, facts: { kind: 'line', content } };
  return resource === undefined ? about : { ...about, hsm: resource };
}

/** The line itself says what HSM it was sealed for: the settings only decide whether that is the one they name so today. */
function judgeLine(
  pinned: PinnedKeys,
  { hash: _hash, seal, ...line }: AuditEntry,
  resourceOf: ResourceOf,
  urlOf: ResourceOf,
): SealVerdict {
  const { hsm, resource } = line;
  if (hsm === undefined) return judge(pinned, factsOf(line, resource), seal);
  const today = resourceOf(hsm);
  const verdict = judge(pinned, factsOf(line, resource ?? today), seal);
  if (resource === undefined) {
    if (verdict.good || verdict.forged !== true) return verdict;
    // Sealed before lines named the resource, perhaps when the settings named the HSM otherwise, or not at all.
    const before = [urlOf(hsm), undefined].map((former) => judge(pinned, factsOf(line, former), seal));
    const isOld = today === undefined || before.some(({ good }) => good);
    return isOld ? { good: false, why: `the settings name HSM ${hsm} otherwise than then, or not` } : verdict;
  }
  if (!verdict.good || resource === today) return verdict;
  const now = today === undefined ? `name no HSM ${hsm}` : `mean ${today} by HSM ${hsm}`;
  return { good: false, why: `it is about ${resource}, and the settings ${now}` };
}

function judge(pinned: PinnedKeys, facts: SealedFacts, seal: Seal | undefined): SealVerdict {
  return seal === undefined
    ? { good: false, why: 'it has none' }
    : verifySeal(pinned, 'decision', facts, seal);
}

function noKey(): WardenError {
  return new WardenError('seal-unavailable', {
    message:
      'No decision can be sealed: the settings pin a key of the recovery app, and name none that this app seals with.',
    advice: 'Set WARDEN_SEAL_KEY_URL of the recovery app to its key (hsm-warden seal show).',
  });
}
