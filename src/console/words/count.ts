import type { HomeHsm } from '../api/model.ts';

/** Numbers with their noun. */

const NUMBER = new Intl.NumberFormat('en');

/** `1 key`, `2,300 keys`. `plural` is for nouns that do not take an s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${NUMBER.format(count)} ${count === 1 ? noun : plural}`;
}

/** A list as English has it: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The sentence for an empty list. Where not everything could be read, it claims no more than that. */
export function nothingIn(isWhole: boolean, said: string): string {
  return isWhole ? said : `Of what could be read, ${said.slice(0, 1).toLowerCase()}${said.slice(1)}`;
}

/** A text with a capital in front and a full stop at the end. */
export function sentence(text: string): string {
  const whole = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return whole === '' || /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/** The active keys with how many are covered, then whatever else there is. */
export function countsInWords(counts: NonNullable<HomeHsm['counts']>): string {
  const { covered, active, deleted, excluded, restorable, acknowledged } = counts;
  const others = [
    [deleted, `${deleted} deleted`],
    [excluded, `${excluded} left out`],
    [restorable, `${counted(restorable, 'name', 'names')} known from backups only`],
    [acknowledged, counted(acknowledged, 'acknowledged loss', 'acknowledged losses')],
  ] as const;
  const rest = others.flatMap(([count, words]) => (count === 0 ? [] : [words]));
  return [`${covered} of ${active} covered`, ...rest].join(', ');
}
