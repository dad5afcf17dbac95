// Pages of a list: sizes, tokens and the form of `nextLink`.
import { unproven } from '../errors.ts';
import type { OperationContext, OperationRequest } from '../model/operation.ts';

/** The service writes `maxresults=25` into links when the caller gave none; the specification allows 1 to 25. */
const MAX_RESULTS = 25;
/** Every recorded page of deleted keys had at most 10 items, whatever was asked for. */
export const DELETED_PAGE_SIZE = 10;

/** Where a page starts: after the item with this position. */
export type Page = { readonly size: number; readonly after: number; readonly maxResults: number };

/** Reads `maxresults` and `$skiptoken`. Throws 400 BadParameter (unproven) when one of them is wrong. */
export function pageOf({ query }: OperationRequest, hardSize = MAX_RESULTS): Page {
  const asked = query.get('maxresults');
  const maxResults = asked === null ? MAX_RESULTS : Number(asked);
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > MAX_RESULTS)
    throw unproven('badMaxResults');
  const token = query.get('$skiptoken');
  return { size: Math.min(maxResults, hardSize), maxResults, after: token === null ? -1 : readToken(token) };
}

/**
 * The body of a list answer: `nextLink` only when there is more. It repeats the path as it was requested, puts
 * `maxresults` first and has no api-version.
 */
export function pageBody<T>(
  items: Iterable<T>,
  positionOf: (item: T) => number,
  write: (item: T) => object,
  page: Page,
  request: OperationRequest,
  context: OperationContext,
): object {
  const value: object[] = [];
  let last = page.after;
  for (const item of items) {
    if (positionOf(item) <= page.after) continue;
    if (value.length === page.size) {
      const query = `maxresults=${page.maxResults}&$skiptoken=${writeToken(last)}`;
      return { nextLink: `${context.baseUrl}${request.path}?${query}`, value };
    }
    value.push(write(item));
    last = positionOf(item);
  }
  return { value };
}

// The service's tokens are continuations of its database; ours look alike and hold the position in the row id.
function writeToken(position: number): string {
  const row = Buffer.alloc(16);
  row.writeUInt32LE(position, 8);
  return Buffer.from(`+RID:~${row.toString('base64')}#RT:1#TRC:1#ISV:2#IEO:65567#QCF:8`).toString(
    'base64url',
  );
}

function readToken(token: string): number {
  const row = /^\+RID:~([A-Za-z0-9+/]{22}==)#/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (row === undefined) throw unproven('badSkipToken');
  return Buffer.from(row, 'base64').readUInt32LE(8);
}
