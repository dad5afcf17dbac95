/** Which keys of an HSM the backup takes: patterns over names, and tags. */
import type { ListedKey } from './key.ts';

/** What to take and what to leave. An empty include list takes every key. */
export interface KeySelection {
  /** Name patterns with `*` for any characters; at least one must match. */
  readonly include: readonly string[];
  /** Name patterns; a match leaves the key out, also if it is included. */
  readonly exclude: readonly string[];
  /** Tags (name, or name=value); a key that carries one is left out. */
  readonly excludeTags: readonly string[];
}

/** Everything is taken. */
export const EVERY_KEY: KeySelection = { include: [], exclude: [], excludeTags: [] };

/** Why `key` is left out, or `undefined` when it is taken. */
export function reasonToSkip(key: ListedKey, selection: KeySelection): string | undefined {
  if (key.managed) return 'managed by another Azure service';
  const byName = reasonToSkipName(key.name, selection);
  if (byName !== undefined) return byName;
  const tag = selection.excludeTags.find((wanted) => carries(key.tags, wanted));
  return tag === undefined ? undefined : `excluded by tag (${tag})`;
}

/** Why a key is left out by its name alone, or `undefined`. */
export function reasonToSkipName(name: string, selection: KeySelection): string | undefined {
  if (selection.include.length > 0 && !selection.include.some((pattern) => matches(name, pattern))) {
    return 'not included by name';
  }
  const excluded = selection.exclude.find((pattern) => matches(name, pattern));
  return excluded === undefined ? undefined : `excluded by name (${excluded})`;
}

/** Whether `name` is what `pattern` describes. Names of keys are compared without regard to case, as the service does. */
export function matches(name: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const [first = '', ...rest] = parts;
  const text = name.toLowerCase();
  if (rest.length === 0) return text === first;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function carries(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const [name = '', ...value] = wanted.split('=');
  const found = Object.entries(tags).find(([tag]) => tag.toLowerCase() === name.toLowerCase());
  return found !== undefined && (value.length === 0 || found[1] === value.join('='));
}
