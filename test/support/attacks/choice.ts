/** What an act of an attacker, or of people, is made of. */

/** The material of one act: numbers that choose what is done, to what, and how. */
export interface Choice {
  readonly what: number;
  readonly which: number;
  readonly how: number;
}
