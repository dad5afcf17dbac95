/** Searches the audit log from its end. What is found is shown as it is stored; whether the log is whole, the verification says. */
import { z } from 'zod';
import { HsmName } from '../../core/model/names.ts';
import { type AuditAnchor, type AuditPart, type AuditStore, comparePart } from '../audit/audit-log.ts';
import { AuditEntry, parseEntry } from '../audit/entry.ts';

/** Parts read for one page at most: a page may hold fewer lines than were wanted, and `next` goes on. */
const MOST_PARTS = 60;
const AT_ONCE = 12;
const Day = z.iso.date();
const Text = z.string().min(1).max(200);

/** What is asked. */
export const AuditQuery = z.strictObject({
  from: Day.exactOptional(),
  to: Day.exactOptional(),
  event: Text.exactOptional(),
  actor: Text.exactOptional(),
  hsm: HsmName.exactOptional(),
  key: Text.exactOptional(),
  recoveryId: Text.exactOptional(),
  decision: z.enum(['allowed', 'refused', 'noted']).exactOptional(),
  search: Text.exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  next: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d\.\d{1,6}\.\d{1,12}$/)
    .exactOptional()
    .meta({ description: 'As the page before gave it' }),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** A page of lines, newest first. */
export const AuditPage = z.strictObject({
  items: z.array(AuditEntry),
  next: z.string().exactOptional(),
  searchedBackTo: Day.exactOptional(),
  /** Segments of the log that are not searched. Absent where there is one segment only. */
  notSearched: z.array(z.string()).exactOptional().meta({
    description: 'Segments that are not searched: `first`, or `segments/NAME` in the audit container',
  }),
});
export type AuditPage = z.infer<typeof AuditPage>;

/** Where a page begins: behind the line `seq`, in this part or before it. */
interface Place {
  readonly day: string;
  readonly number: number;
  readonly seq: number;
}

/** Searches the segment in which the log goes on, and names the others. A line that is no entry is passed over. Fails with the storage codes. */
export async function searchAudit(
  store: AuditStore,
  anchor: Pick<AuditAnchor, 'read'>,
  query: AuditQuery,
): Promise<AuditPage> {
  const place = query.next === undefined ? undefined : placeOf(query.next);
  const segment = (await anchor.read())?.segment?.name;
  const found = await searchParts(store, await partsFor(store, segment, query, place), query, place);
  return segment === undefined ? found : { ...found, notSearched: await othersThan(segment, store) };
}

/** Where the log was before people let it go on in `segment`, and whatever else lies beside it. */
async function othersThan(segment: string, store: AuditStore): Promise<string[]> {
  const later = (await store.segments()).filter((name) => name !== segment);
  return ['first', ...later.map((name) => `segments/${name}`)];
}

async function searchParts(
  store: AuditStore,
  parts: readonly AuditPart[],
  query: AuditQuery,
  place: Place | undefined,
): Promise<AuditPage> {
  const items: AuditEntry[] = [];
  const readable = parts.slice(0, MOST_PARTS);
  for (let start = 0; start < readable.length; start += AT_ONCE) {
    const some = readable.slice(start, start + AT_ONCE);
    const texts = await Promise.all(some.map(async (part) => ({ part, text: await store.read(part) })));
    for (const { part, text } of texts) {
      for (const entry of matching(text, query, place)) {
        if (items.length === query.limit) return page(items, part, items.at(-1)?.seq ?? 0);
        items.push(entry);
      }
    }
  }
  const last = readable.at(-1);
  const after = parts[readable.length];
  if (last === undefined) return { items };
  if (after === undefined) return { items, searchedBackTo: last.day };
  return page(items, after, items.at(-1)?.seq ?? place?.seq ?? Number.MAX_SAFE_INTEGER);
}

function page(items: AuditEntry[], { day, number }: AuditPart, seq: number): AuditPage {
  return { items, next: `${day}.${number}.${Math.min(seq, 999_999_999_999)}`, searchedBackTo: day };
}

/** Newest first. */
async function partsFor(
  store: AuditStore,
  segment: string | undefined,
  { from, to }: AuditQuery,
  place: Place | undefined,
): Promise<AuditPart[]> {
  const parts: AuditPart[] = [];
  for await (const part of store.parts(segment)) {
    if (from !== undefined && part.day < from) continue;
    if (to !== undefined && part.day > to) continue;
    if (place !== undefined && comparePart(part, place) > 0) continue;
    parts.push(part);
  }
  return parts.sort((a, b) => comparePart(b, a));
}

function* matching(text: string, query: AuditQuery, place: Place | undefined): Generator<AuditEntry> {
  const search = query.search?.toLowerCase();
  for (const line of text.split('\n').reverse()) {
    // Most lines are about something else: only these few are read as JSON.
    if (line === '' || (search !== undefined && !line.toLowerCase().includes(search))) continue;
    const entry = parseEntry(line);
    if (entry === undefined || (place !== undefined && entry.seq >= place.seq)) continue;
    if (isWanted(entry, query)) yield entry;
  }
}

function isWanted(entry: AuditEntry, { event, actor, hsm, key, recoveryId, decision }: AuditQuery): boolean {
  const has = (text: string | undefined, part: string | undefined) =>
    part === undefined || (text ?? '').toLowerCase().includes(part.toLowerCase());
  return (
    has(entry.event, event) &&
    has(`${entry.actor.name} ${entry.actor.id}`, actor) &&
    has(entry.key, key) &&
    (hsm === undefined || entry.hsm === hsm) &&
    (recoveryId === undefined || entry.recoveryId === recoveryId) &&
    (decision === undefined || entry.decision === decision)
  );
}

function placeOf(next: string): Place {
  const [day = '', number, seq] = next.split('.');
  return { day, number: Number(number), seq: Number(seq) };
}
