/** What the evidence for a backup is, in sentences for those who approve its restore. Pure. */
import type { StoredBackup } from '../../../core/ports.ts';
import type { SealVerdict } from '../../../core/seal/verify-seal.ts';
import { isoTime } from '../../../core/time.ts';
import type { ExpectedVersion } from '../model/known-facts.ts';

/** Versions named one by one, the newest. */
const NAMED = 3;
const RUN = /^[\w.:-]{1,100}$/;

/** What a backup stands on besides its own word. */
export interface Evidence {
  /** What its seal, or that of its adoption, is worth; undefined where no key is pinned. */
  readonly verdict: SealVerdict | undefined;
  readonly expected: readonly ExpectedVersion[];
  /** Other backups of the key that hold the same versions with the same public keys. */
  readonly agreeing: number;
}

/** When it was sealed and by which run, its versions and public keys, and how much agrees with it. */
export function evidenceNotes({ record }: StoredBackup, evidence: Evidence): string[] {
  const { capturedAt, runId } = record;
  const { expected, agreeing } = evidence;
  const confirmed = expected.filter((version) => version.confirmed).length;
  const catalogue =
    confirmed === 0
      ? 'The catalogue confirms none of its versions.'
      : `The catalogue confirms ${confirmed} of its ${expected.length} version(s).`;
  const others =
    agreeing === 0
      ? 'No other backup of the key agrees with it.'
      : `${agreeing} other backup(s) of the key agree with it.`;
  return [
    `It was taken at ${isoTime(capturedAt)} by ${runNote(runId)}. ${sealNote(record.seal, evidence.verdict)}`,
    `${catalogue} ${others}`,
    ...expected.slice(-NAMED).map(versionNote),
    ...(expected.length > NAMED ? [`It holds ${expected.length - NAMED} older version(s) besides.`] : []),
  ];
}

/** It stands beside the backup, where whoever can write there may have put a sentence. */
function runNote(runId: string): string {
  return RUN.test(runId) ? `run ${runId}` : 'a run whose name is none';
}

function sealNote(seal: StoredBackup['record']['seal'], verdict: SealVerdict | undefined): string {
  if (verdict?.good === true && verdict.keyId !== seal?.keyId) {
    const own = seal === undefined ? 'It has no seal of its own' : 'Its own seal does not count';
    return `${own}; it was adopted by a decision sealed at ${isoTime(verdict.sealedAt)} with key ${verdict.keyId}.`;
  }
  if (seal === undefined)
    return 'It is not sealed: whoever can write the container of the backups could have made it.';
  const by = `sealed at ${isoTime(seal.sealedAt)} with key ${seal.keyId}`;
  if (verdict === undefined)
    return `It says that it was ${by}; no pinned key is in the settings, so that was not verified.`;
  return verdict.good
    ? `It was ${by}, and the seal is good.`
    : `It says that it was ${by}; the seal does not count, for ${verdict.why}.`;
}

function versionNote({ version, thumbprint, confirmed }: ExpectedVersion): string {
  const key =
    thumbprint === undefined
      ? 'a symmetric key, of which nothing can be compared'
      : `public key ${thumbprint}`;
  return `Version ${version}: ${key}${confirmed ? '' : ', not confirmed by the catalogue'}.`;
}
