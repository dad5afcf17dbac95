/** Keys of all HSMs, searched, filtered, sorted and paged, from the summaries of the last scans. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import { HsmName } from '../../core/model/names.ts';
import { isoTime } from '../../core/time.ts';
import type { Acknowledgement } from '../audit/acknowledgements.ts';
import type { KeySummary } from '../status/summary-document.ts';
import type { Losses } from './losses.ts';
import { type AsOf, KEY_WORDS, type KeyLine, type KeyPage } from './model/keys.ts';
import type { Summaries } from './summaries.ts';

/** How many are before a page. */
export const Offset = z
  .string()
  .regex(/^\d{1,7}$/)
  .exactOptional();

/** What is asked. */
export const KeyQuery = z.strictObject({
  hsm: HsmName.exactOptional(),
  search: z.string().max(127).exactOptional(),
  state: z.enum(['active', 'deleted', 'purged', 'restorable']).exactOptional(),
  word: z.enum(KEY_WORDS).exactOptional(),
  sort: z.enum(['key', 'backupAt', 'purgeAt', 'word']).default('key'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  next: Offset,
});
export type KeyQuery = z.infer<typeof KeyQuery>;

/** What keys are listed from. */
export interface ListDeps {
  readonly summaries: Summaries;
  readonly losses: Pick<Losses, 'acknowledged'>;
  readonly hsms: readonly string[];
}

/** What a summary says of a key, with who has acknowledged its loss. */
interface Fact extends Omit<KeySummary, 'word'> {
  readonly word: KeyLine['word'];
  readonly acknowledged?: Acknowledgement;
}

/** A live request by the key it is about: `hsm/key`, lower case. */
export type LiveRequests = ReadonlyMap<string, { readonly id: string; readonly state: string }>;

/** What a request for a key of an HSM is found by. */
export function placeOf(hsm: string, key: string): string {
  return `${hsm}/${key}`.toLowerCase();
}

/** A page of keys. An HSM that nothing is known of says why in `asOf`. Fails with `hsm-unknown`. */
export async function listKeys(deps: ListDeps, query: KeyQuery, live: LiveRequests): Promise<KeyPage> {
  const { hsms } = deps;
  if (query.hsm !== undefined && !hsms.includes(query.hsm)) throw unknownHsm(query.hsm);
  const wanted = query.hsm === undefined ? hsms : [query.hsm];
  const known = await Promise.all(wanted.map((hsm) => keysOf(deps, hsm)));
  const search = query.search?.trim().toLowerCase() ?? '';
  const found = known
    .flatMap(({ asOf, keys }) => [...keys].map(([key, fact]) => ({ hsm: asOf.hsm, key, fact })))
    .filter(
      ({ key, fact }) =>
        (query.state === undefined || fact.state === query.state) &&
        (query.word === undefined || [fact.word, worstWord(fact)].includes(query.word)) &&
        (search === '' || key.toLowerCase().includes(search)),
    )
    .sort((a, b) => compare(a, b, query));
  const offset = Number(query.next ?? 0);
  const items = found
    .slice(offset, offset + query.limit)
    .map(({ hsm, key, fact }) => lineOf(hsm, key, fact, live));
  const end = offset + items.length;
  return {
    items,
    total: found.length,
    ...(end < found.length ? { next: String(end) } : {}),
    asOf: known.map(({ asOf }) => asOf),
    unknown: [...new Set(known.flatMap(({ trouble }) => trouble))],
  };
}

/** One key. Fails with `hsm-unknown`, or `key-not-found` for a name that nothing knows. */
export async function findKey(
  deps: ListDeps,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  live: LiveRequests,
): Promise<{ readonly line: KeyLine; readonly asOf: AsOf; readonly trouble: readonly string[] }> {
  if (!deps.hsms.includes(hsm)) throw unknownHsm(hsm);
  const { asOf, keys, trouble } = await keysOf(deps, hsm);
  const found = [...keys].find(([name]) => isSameName(name, key));
  if (found !== undefined) return { line: lineOf(hsm, found[0], found[1], live), asOf, trouble };
  throw new WardenError('key-not-found', {
    message: `Nothing is known of a key ${key} on HSM ${hsm}${asOf.why === undefined ? '' : `. ${asOf.why}`}`,
    advice: 'A key that was made since the last scan is known after the next.',
    hsm,
    key,
  });
}

/** The keys of an HSM by name, and what could not be read about them. */
interface Keys {
  readonly asOf: AsOf;
  readonly keys: ReadonlyMap<string, Fact>;
  readonly trouble: readonly string[];
}

async function keysOf({ summaries, losses }: ListDeps, hsm: string): Promise<Keys> {
  const none = { keys: new Map<string, Fact>(), trouble: [] };
  try {
    const { summary, why } = await summaries.whole(hsm);
    if (summary === undefined) return { asOf: { hsm, stale: true, ...definedOnly({ why }) }, ...none };
    const { byFinding, trouble } = await losses.acknowledged(summary.head);
    return {
      asOf: {
        hsm,
        judgedAt: isoTime(summary.head.judgedAt),
        staleAfter: isoTime(summary.head.staleAfter),
        stale: why !== undefined,
        ...definedOnly({ why }),
      },
      keys: byFinding.size === 0 ? summary.keys : withAcknowledged(summary.keys, byFinding),
      trouble: trouble === undefined ? [] : [trouble],
    };
  } catch (error) {
    if (!isWardenError(error)) throw error;
    return { asOf: { hsm, stale: true, why: error.message }, ...none };
  }
}

function withAcknowledged(
  keys: ReadonlyMap<string, KeySummary>,
  byFinding: ReadonlyMap<string, Acknowledgement>,
): ReadonlyMap<string, Fact> {
  return new Map(
    [...keys].map(([key, fact]): [string, Fact] => {
      const acknowledged = byFinding.get(fact.loss?.finding ?? '');
      if (acknowledged === undefined) return [key, fact];
      return [key, { ...fact, word: fact.word === 'lost' ? 'acknowledged' : fact.word, acknowledged }];
    }),
  );
}

/** The word by which somebody must look at it: `lost` while nobody has taken note of a loss of the name. */
function worstWord({ word, loss, acknowledged }: Fact): KeyLine['word'] {
  return loss !== undefined && acknowledged === undefined ? 'lost' : word;
}

function lineOf(hsm: string, key: string, fact: Fact, live: LiveRequests): KeyLine {
  const { backupAt, createdAt, deletedAt, purgeAt, loss, acknowledged, ...rest } = fact;
  const times = Object.entries({ backupAt, createdAt, deletedAt, purgeAt }).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, isoTime(at)] as const],
  );
  const request = live.get(placeOf(hsm, key));
  return {
    hsm,
    key,
    ...rest,
    ...Object.fromEntries(times),
    ...definedOnly({ loss: loss && lossOf(loss, acknowledged), request }),
  };
}

function lossOf(
  { noticedAt, ...loss }: NonNullable<Fact['loss']>,
  acknowledged: Acknowledgement | undefined,
): NonNullable<KeyLine['loss']> {
  return {
    ...loss,
    ...definedOnly({
      noticedAt: noticedAt === undefined ? undefined : isoTime(noticedAt),
      acknowledged: acknowledged && {
        by: acknowledged.by.name,
        at: isoTime(acknowledged.at),
        reason: acknowledged.reason,
      },
    }),
  };
}

interface Found {
  readonly hsm: string;
  readonly key: string;
  readonly fact: Fact;
}

/** Those without the time that is sorted by come last in either order. */
function compare(a: Found, b: Found, { sort, order }: Pick<KeyQuery, 'sort' | 'order'>): number {
  const sign = order === 'asc' ? 1 : -1;
  const names = a.key === b.key ? byText(a.hsm, b.hsm) : byText(a.key, b.key);
  if (sort === 'key') return sign * names;
  if (sort === 'word')
    return sign * (KEY_WORDS.indexOf(worstWord(a.fact)) - KEY_WORDS.indexOf(worstWord(b.fact))) || names;
  const [left, right] = [a.fact[sort], b.fact[sort]];
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined) || names;
  return sign * (left - right) || names;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** An HSM that nobody protects. */
export function unknownHsm(hsm: string): WardenError {
  return new WardenError('hsm-unknown', {
    message: `No HSM ${hsm} is protected: no setting names it, and nobody added it.`,
    advice: 'GET /api/console/settings lists them.',
    hsm,
  });
}
