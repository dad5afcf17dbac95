/** Text from outside: what people can read as it is written, and nothing that hides, reorders or breaks. */
import { z } from 'zod';

/**
 * What nobody sees, or what moves the text around it: control and format characters (line ends, direction marks, zero-width
 * characters, tag characters), halves of surrogate pairs, unassigned and private characters, and those that are ignorable by
 * default (fillers, variation selectors). https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** The variation selectors that say how an emoji is drawn hide nothing behind one. */
const DRAWN_EMOJI = /(\p{Extended_Pictographic}|[0-9#*])[\uFE0E\uFE0F]/gu;
/** A letter, digit, punctuation mark or symbol; U+2800 is a symbol without ink. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const BLANKS = /\u2800/gu;

/** Whether every character of `text` can be seen, and none moves another. */
export function isPlain(text: string): boolean {
  return !HIDDEN.test(text.replace(DRAWN_EMOJI, '$1')) && !text.includes('\u2800');
}

/** Whether `text` is blank to the eye. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text.replace(BLANKS, ''));
}

/** As much of `text` as fits into `most` UTF-16 code units, cut between code points and well-formed. */
export function cutText(text: string, most: number): string {
  let cut = '';
  for (const character of text.toWellFormed()) {
    if (cut.length + character.length > most) break;
    cut += character;
  }
  return cut;
}

/** What can be seen of `text`, for names that nobody can be asked to write otherwise; `otherwise` when that is nothing. */
export function visibleText(text: string, most: number, otherwise: string): string {
  const seen = [...text.toWellFormed()].filter((character) => isPlain(character)).join('');
  const cut = cutText(seen.trim(), most);
  return isBlank(cut) ? otherwise : cut;
}

/** One line of text that people write for people. */
export const PlainText = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .refine((text) => text.isWellFormed(), 'expected well-formed Unicode')
  .refine(isPlain, 'expected one line without control, direction or invisible characters')
  .refine((text) => !isBlank(text), 'expected something that can be read')
  .meta({ description: 'One line of text without control, direction or invisible characters' });
