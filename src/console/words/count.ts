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
