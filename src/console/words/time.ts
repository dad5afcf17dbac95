/** Points in time, in the reader's time zone and in UTC. */

const LOCAL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Epoch milliseconds of an ISO text or of themselves. */
export function epochOf(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

/** `28 Nov 2026, 22:31` where the reader is. */
export function localTime(at: number): string {
  return LOCAL.format(at);
}

/** `2026-11-28 22:31:05 UTC`. */
export function utcTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The points in time within a sentence. The API writes each as an ISO text in UTC; a page shows it in the reader's time zone. */

/** An ISO time in UTC that stands alone: not a part of a name, a path or a longer number. */
const INSTANT = /(?<![\w/.:+-])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z(?!:?\d|[A-Za-z_/+-])/g;

/** A piece of a sentence: words, or a point in time as epoch milliseconds. */
export type Piece = string | number;

/** The pieces of `text` in their order. What only looks like a time stays words. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(INSTANT)) {
    const at = Date.parse(found[0]);
    if (Number.isNaN(at)) continue;
    if (found.index > end) pieces.push(text.slice(end, found.index));
    pieces.push(at);
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
