/** What a value must be like. A pattern is closed: whatever it does not name must not be there. */
import type { JsonValue } from './snapshot.ts';

/** A condition on one value, and what it demands in words. */
export interface Condition {
  readonly says: string;
  readonly holds: (value: JsonValue | undefined) => boolean;
}

/** A value itself, an expression that a text matches, a condition, or a closed structure of patterns. */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | RegExp
  | Condition
  | readonly Pattern[]
  | { readonly [name: string]: Pattern };

/** Where a value differs from a pattern, a sentence each. `null` in a pattern stands for nothing there. */
export function differences(value: JsonValue | undefined, pattern: Pattern, path = ''): readonly string[] {
  const differs = (expected: string) => [`${path || 'it'}: expected ${expected}, got ${shown(value)}`];
  if (pattern === null) return value === undefined || value === null ? [] : differs('nothing');
  if (pattern instanceof RegExp) {
    return typeof value === 'string' && pattern.test(value) ? [] : differs(`text like ${pattern.source}`);
  }
  if (isList(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) {
      return differs(`${pattern.length} items`);
    }
    return pattern.flatMap((item, index) => differences(value[index], item, `${path}[${index}]`));
  }
  if (typeof pattern !== 'object') return value === pattern ? [] : differs(JSON.stringify(pattern));
  if (isCondition(pattern)) return pattern.holds(value) ? [] : differs(pattern.says);
  const members = value === null || typeof value !== 'object' || Array.isArray(value) ? {} : value;
  return [...new Set([...Object.keys(pattern), ...Object.keys(members)])].flatMap((name) =>
    differences(members[name], pattern[name] ?? null, path === '' ? name : `${path}.${name}`),
  );
}

/** A number no smaller. */
export function atLeast(least: number): Condition {
  return { says: `${least} or more`, holds: (value) => typeof value === 'number' && value >= least };
}

/** A text of any kind that says something. */
export const SOMETHING: Condition = {
  says: 'some text',
  holds: (value) => typeof value === 'string' && value.trim() !== '',
};

/** Whatever is there, or nothing: another rule judges it. */
export const ANYTHING: Condition = { says: 'anything', holds: () => true };

/** The same items in whatever order. */
export function sameItems(items: readonly string[]): Condition {
  return {
    says: `exactly ${items.join(', ')}`,
    holds: (value) =>
      Array.isArray(value) && JSON.stringify(value.map(String).sort()) === JSON.stringify([...items].sort()),
  };
}

function isList(pattern: Pattern): pattern is readonly Pattern[] {
  return Array.isArray(pattern);
}

function isCondition(pattern: Exclude<Pattern, null>): pattern is Condition {
  return typeof pattern === 'object' && 'holds' in pattern && typeof pattern.holds === 'function';
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
