/** What is looked at in a drill HSM before anything is restored there, and the removal of what an earlier run has left. */
import { isWardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import { type CleanupDeps, type FoundKeys, findKeys, ownNames, removeFound } from './cleanup.ts';
import { refusalsOf } from './guards.ts';
import type { Journal } from './journal.ts';
import type { JournalLine } from './model/drill-state.ts';
import type { RunDeps } from './run-context.ts';
import type { Known } from './select.ts';

/** What was found. */
export interface Prepared {
  /** What speaks against drills in this HSM, each a sentence. */
  readonly refusals: readonly string[];
  /** Names of drills' own keys that are still there; where the HSM cannot be listed, those that may be. */
  readonly left: readonly string[];
}

/**
 * In an HSM that may not be used nothing is deleted either. A line of the journal is struck off when a list shows that its key is gone.
 * Fails with `aborted`, or as {@link Journal} does.
 */
export async function prepare(
  deps: RunDeps,
  cleanup: CleanupDeps,
  journal: Journal,
  known: readonly Known[],
  signal: AbortSignal,
): Promise<Prepared> {
  const { site, protectedHsms } = deps;
  const lines = (await journal.read()).journal;
  const reading = await site.readProperties(signal);
  const found = await lookedAt(cleanup, signal);
  if ('unlisted' in found) return { refusals: [found.unlisted], left: ownNames(lines) };
  const astray = await cameBackAstray(cleanup, lines, found, known, signal);
  const own = [...ownNames(lines), ...astray.map(({ name }) => name)];
  const refusals = refusalsOf({
    drillHsm: site,
    protectedHsms,
    properties: reading.kind === 'ok' ? reading.value : { unreadable: reading.why },
    found: [...found.active, ...found.deleted],
    own,
  });
  if (refusals.length > 0) return { refusals, left: namesIn(found, own) };
  for (const { line, name } of astray) {
    const { seal: _, ...facts } = line;
    await journal.open({ ...facts, restoredAs: name }, signal);
  }
  await removeFound(cleanup, found, own, signal);
  const then = await lookedAt(cleanup, signal);
  if ('unlisted' in then) return { refusals: [then.unlisted], left: own };
  const left = namesIn(then, own);
  await journal.strikeAbsent((await journal.read()).journal, left);
  return { refusals: [], left };
}

function namesIn({ active, deleted }: FoundKeys, own: readonly string[]): readonly string[] {
  return [...active, ...deleted].filter((name) => own.some((mine) => isSameName(mine, name)));
}

async function lookedAt(
  cleanup: CleanupDeps,
  signal: AbortSignal,
): Promise<FoundKeys | { readonly unlisted: string }> {
  try {
    return await findKeys(cleanup, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return { unlisted: `The keys of the HSM ${cleanup.hsm.name} cannot be listed: ${error.message}` };
  }
}

/**
 * A backup may hold the key of another name; a process that dies between its restore and the note of that name leaves a key that no
 * line names. It is a drill's own where a line is without its key, and all its versions are recorded of a protected key of that name.
 */
async function cameBackAstray(
  { hsm }: CleanupDeps,
  lines: readonly JournalLine[],
  { active, deleted }: FoundKeys,
  known: readonly Known[],
  signal: AbortSignal,
): Promise<readonly { readonly line: JournalLine; readonly name: string }[]> {
  const all = [...active, ...deleted];
  const missing = lines.filter(
    ({ key, restoredAs = key }) => !all.some((name) => isSameName(name, restoredAs)),
  );
  const strangers = active.filter((name) => !ownNames(lines).some((mine) => isSameName(mine, name)));
  if (strangers.length > missing.length) return [];
  const astray: { line: JournalLine; name: string }[] = [];
  for (const name of strangers) {
    const line = missing[astray.length];
    if (line !== undefined && (await isRecorded(hsm, name, known, signal))) astray.push({ line, name });
  }
  return astray;
}

async function isRecorded(
  { keys }: CleanupDeps['hsm'],
  name: string,
  known: readonly Known[],
  signal: AbortSignal,
): Promise<boolean> {
  const recorded = new Set(
    known
      .flatMap(({ candidates }) => candidates.filter(({ key }) => isSameName(key, name)))
      .flatMap(({ entry }) => entry.record.versions.map(({ version }) => version)),
  );
  try {
    const versions = await keys.listVersions(name, signal);
    return versions.length > 0 && versions.every(({ version }) => recorded.has(version));
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return false;
  }
}
