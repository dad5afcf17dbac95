/** Lists of an HSM for an operator: page by page, as the service writes their items. */
import type { About, HsmCalls } from './hsm-calls.ts';
import { readWireItems, type WireItem, type WireList } from './wire-key.ts';

/** The largest page the service gives. */
const PAGE_SIZE = 25;

/** A list of the SDK, from which pages can be asked for. */
export interface Pages {
  byPage(settings: { maxPageSize: number; continuationToken?: string }): AsyncIterator<unknown>;
}

/**
 * At most `most` items of `all`. Each page has its own limit and its own tries: a list of thousands of keys need not begin again.
 * Fails with the codes of the port KeyService.
 */
export async function listItems(
  calls: HsmCalls,
  about: About,
  hsm: string,
  all: () => Pages,
  most = Number.POSITIVE_INFINITY,
): Promise<WireList> {
  const items: WireItem[] = [];
  const odd: string[] = [];
  let next: string | undefined;
  do {
    const page = await calls.read({ ...about, ownItems: true }, async (context) => {
      const from = next === undefined ? {} : { continuationToken: next };
      await all()
        .byPage({ maxPageSize: PAGE_SIZE, ...from })
        .next();
      return { ...readWireItems(context.items ?? [], hsm), next: context.nextLink };
    });
    items.push(...page.items);
    odd.push(...page.odd);
    next = page.next;
  } while (next !== undefined && items.length < most);
  return { items: items.slice(0, most), odd };
}
