/** Reads a list page by page, and notices one that comes round again. */
import { WardenError } from './errors.ts';

/** The list that is read, as its failure names it. */
export interface PagedList {
  /** What a list without an end fails with, as any other answer of that service that cannot be right. */
  readonly code: 'hsm-answer-unexpected' | 'storage-unavailable';
  /** Such as `the keys of HSM contoso`. */
  readonly what: string;
  readonly hsm?: string;
}

/**
 * Every page of a list. The next is asked for when this one was dealt with; no token, or an empty one, says the end. Fails with the code
 * of `list` when a token leads back to a page that was read: nobody would ever come to the end. Fails with what `read` fails with.
 */
export async function* eachPage<P extends { readonly next?: string | undefined }>(
  list: PagedList,
  read: (next: string | undefined) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await read(next);
    yield page;
    next = page.next;
    if (next !== undefined && seen.has(next)) throw endless(list);
    if (next !== undefined) seen.add(next);
  } while (next !== undefined && next !== '');
}

function endless({ code, what, ...place }: PagedList): WardenError {
  return new WardenError(code, {
    message: `Could not list ${what} to the end: a page leads back to one that was read before.`,
    advice: 'Wait; if it goes on, look for a proxy on the way to the service.',
    ...place,
  });
}
