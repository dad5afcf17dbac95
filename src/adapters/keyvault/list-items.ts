/** Lists of an HSM for an operator: page by page, as the service writes their items. */
import { eachPage } from '../../core/each-page.ts';
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
  const list = { code: 'hsm-answer-unexpected', what: `what HSM ${hsm} holds`, hsm } as const;
  const pages = eachPage(list, (next) =>
    calls.read({ ...about, ownItems: true }, async (context) => {
      const from = next === undefined ? {} : { continuationToken: next };
      await all()
        .byPage({ maxPageSize: PAGE_SIZE, ...from })
        .next();
      return { ...readWireItems(context.items ?? [], hsm), next: context.nextLink };
    }),
  );
  const items: WireItem[] = [];
  const odd: string[] = [];
  for await (const page of pages) {
    items.push(...page.items);
    odd.push(...page.odd);
    if (items.length >= most) break;
  }
  return { items: items.slice(0, most), odd };
}
