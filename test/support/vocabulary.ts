/** The words that the project does not use, in pages and in code. */

/** Each word or phrase, and what is used instead. */
export const VOCABULARY: readonly (readonly [unused: RegExp, instead: string])[] = [
  [/\btold\b/i, 'reported, notified, named'],
  [/\banew\b/i, 'again, from the start'],
  [/\bmend(s|ed|ing)?\b/i, 'repair, correct'],
  [/\bby (itself|themselves)\b/i, 'automatically, alone, on its own'],
  [/\bbrought home\b/i, 'acknowledged'],
  [
    /\b(under way|read|open|executed|drilled|instances|writers|workers|problems?|both|two|several|many|some|all of them) at once\b/i,
    'at the same time, concurrently; "at once" is immediately',
  ],
];
