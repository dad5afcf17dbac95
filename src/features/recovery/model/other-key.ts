/** A key that a restore brought back and nobody approved: known by the HSM's own answer, and named to people. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { KeyDetail, VersionFact } from '../../../core/model/key.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import type { KeyService } from '../../../core/ports.ts';
import type { Outcome, RecoveryRecord, ReturnedKey } from './record.ts';

/** What tells of the key that the HSM answered with. */
type Answered = Pick<KeyDetail, 'name' | 'version' | 'thumbprint'>;

/** Versions named in a message; the record has them all. */
const NAMED = 3;

/**
 * Why the key that the HSM says it has restored is not the expected one; undefined when its answer contradicts nothing. The
 * content of a backup is known to the HSM alone: what a blob is called proves nothing about what restores from it.
 */
export function unexpectedIn(
  answer: Answered,
  key: string,
  facts: readonly VersionFact[],
): string | undefined {
  if (!isSameName(answer.name, key)) return `the HSM answered with the key ${answer.name}`;
  const fact = facts.find(({ version }) => version === answer.version);
  return fact === undefined || fact.thumbprint === answer.thumbprint
    ? undefined
    : `version ${answer.version} has another public key`;
}

/**
 * What is on the HSM now under the name it answered with: as many facts as can be had, for people to find the key by. What
 * cannot be read leaves the answer itself. Fails with `aborted` only.
 */
export async function describeReturned(
  keys: KeyService,
  name: string,
  answer: Answered | undefined,
  signal: AbortSignal,
): Promise<ReturnedKey> {
  const { hsm } = keys;
  try {
    const listed = await keys.listVersions(name, signal);
    const details = await Promise.all(listed.map(({ version }) => keys.getKey(name, version, signal)));
    if (details.length > 0) return { hsm, key: name, versions: details.map(factOf) };
  } catch (error) {
    if (!isWardenError(error) || error.code === 'aborted') throw error;
  }
  return { hsm, key: name, versions: answer === undefined ? [] : [factOf(answer)] };
}

/** Whether a key has every version of `facts` with its public key: then it is the key of these facts, whatever else it has. */
export function holdsAll({ versions }: ReturnedKey, facts: readonly VersionFact[]): boolean {
  return facts.every((fact) =>
    versions.some((found) => found.version === fact.version && found.thumbprint === fact.thumbprint),
  );
}

/** The outcome of a restore that brought back another key than `record` asked for; without `returned` nobody knows which. */
export function otherKeyOutcome(
  record: RecoveryRecord,
  step: string,
  why: string,
  returned: ReturnedKey | undefined,
): Outcome {
  const { operation } = record;
  const { message, advice } = otherKey(operation.target, operation.key, why, returned);
  return {
    result: 'restored-other-key',
    step,
    code: 'restored-other-key',
    message,
    ...definedOnly({ advice }),
    ...(returned === undefined ? {} : { returned, versions: returned.versions.length }),
    warnings: [],
  };
}

/** The same as an error, for a restore that no request stands for. */
export function otherKey(
  hsm: string,
  key: string,
  why: string,
  returned: ReturnedKey | undefined,
): WardenError {
  const came = returned === undefined ? 'another key may have come back' : `${named(returned)} came back`;
  const which =
    returned === undefined
      ? `Find out which key was restored on HSM ${hsm}: its audit log names it. It`
      : `The key ${returned.key}`;
  return new WardenError('restored-other-key', {
    message: `Key ${key} was to be restored on HSM ${hsm}, but ${came}: ${why}.`,
    advice: `${which} came from a backup that holds something else than its record says: do not use it, and delete it from HSM ${hsm} if it does not belong there. Find out who wrote that backup, keep it as evidence, and restore ${key} from another one.`,
    hsm,
    key,
  });
}

function named({ key, versions }: ReturnedKey): string {
  const shown = versions.slice(0, NAMED).map(({ version }) => version);
  const more = versions.length > NAMED ? ` and ${versions.length - NAMED} more` : '';
  const list = shown.length === 0 ? 'its versions are unknown' : `version ${shown.join(', ')}${more}`;
  return `the key ${key} (${list})`;
}

function factOf({ version, thumbprint }: Answered): VersionFact {
  return thumbprint === undefined ? { version } : { version, thumbprint };
}
