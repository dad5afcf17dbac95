/** The HSMs of the settings, read one by one: an entry that cannot be read is a fault of that HSM alone, and stays one of the fleet. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { HsmName, isReserved, RESERVED_FOLDERS } from '../../core/model/names.ts';
import { unknownUrl } from '../../core/settings/kinds.ts';
import { urlSetting, withoutSecrets } from '../../core/settings/urls.ts';

const RESERVED: readonly string[] = Object.values(RESERVED_FOLDERS);
// Backups are kept under the HSM's name; other things are kept under these.
const Name = HsmName.refine(
  (name) => !isReserved(name),
  `expected another name than ${RESERVED.join(' or ')}`,
);
const Url = urlSetting('none', /^https$/);
const Resource = z.string().min(1).max(300);

/** One Managed HSM to protect. */
const HsmSetting = z.strictObject({
  name: Name,
  /** Data-plane URL, also for a sovereign cloud; without it `https://{name}.managedhsm.azure.net`. */
  url: Url.exactOptional(),
  /** What seals name the HSM by; without it its URL. For an HSM whose URL changes: an emulated one. */
  resource: Resource.exactOptional(),
  /** Key backups a second; the service allows 10 to everybody together. */
  pace: z.number().min(0.1).max(10).exactOptional(),
});

/** An entry as read. With a `fault` the HSM cannot be used; what could be read of the entry still says which one it is. */
export interface HsmEntry extends z.output<typeof HsmSetting> {
  /** What is wrong with the entry, a sentence without its full stop. */
  readonly fault?: string;
}

/**
 * `name`, `name=url`, or JSON for more; several separated by commas or spaces. It fails as a whole where it is no list, and where no
 * entry can be read.
 */
export const HsmList = z.string().transform((text, context): readonly HsmEntry[] => {
  const listed = z.array(z.unknown()).min(1, 'expected at least one HSM').safeParse(split(text));
  const entries = listed.success ? readEntries(listed.data) : [];
  if (entries.some(({ fault }) => fault === undefined)) return entries;
  const message = listed.success
    ? entries.map(({ fault }) => fault).join('; ')
    : z.prettifyError(listed.error).replaceAll('\n', ' ');
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function split(text: string): unknown {
  if (text.trim().startsWith('[')) return parseJson(text);
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parsePair);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parsePair(text: string): unknown {
  const [name = '', ...url] = text.split('=');
  return url.length === 0 ? { name } : { name, url: url.join('=') };
}

/** Of two entries with one name the first is the HSM of that name. */
function readEntries(list: readonly unknown[]): readonly HsmEntry[] {
  const names = list.map((raw) => Name.safeParse(memberOf(raw, 'name')).data);
  const taken = new Set(names.map((name) => name?.toLowerCase()));
  const seen = new Set<string>();
  return list.map((raw, index) => {
    const name = names[index];
    const isRepeated = name !== undefined && seen.has(name.toLowerCase());
    if (name !== undefined) seen.add(name.toLowerCase());
    const read = HsmSetting.safeParse(raw);
    if (read.success && !isRepeated) return read.data;
    const wrong = read.success ? 'expected each HSM once' : issuesOf(read.error);
    const fault = `entry ${index + 1}, ${shown(raw)}, is not valid: ${wrong}`;
    // A repeated entry is no other HSM's: nothing of it may be taken for that HSM.
    if (name === undefined || isRepeated) {
      const own = freeName(index + 1, taken);
      return { url: unknownUrl(own), ...(isRepeated ? {} : partsOf(raw)), name: own, fault };
    }
    const asksForUrl = memberOf(raw, 'url') !== undefined;
    return { ...(asksForUrl ? { url: unknownUrl(name) } : {}), ...partsOf(raw), name, fault };
  });
}

/** What of a bad entry can be read: seals and audit records name the HSM by it. */
function partsOf(raw: unknown): Pick<HsmEntry, 'url' | 'resource'> {
  const { data: url } = Url.safeParse(memberOf(raw, 'url'));
  const { data: resource } = Resource.safeParse(memberOf(raw, 'resource'));
  return definedOnly({ url, resource });
}

/** An HSM without a name that can be read is shown by the place of its entry. */
function freeName(place: number, taken: Set<string | undefined>): string {
  let name = `unreadable-${place}`;
  while (taken.has(name)) name = `${name}-x`;
  taken.add(name);
  return name;
}

function memberOf(raw: unknown, member: 'name' | 'url' | 'resource'): unknown {
  if (typeof raw !== 'object' || raw === null) return undefined;
  return Object.entries(raw).find(([name]) => name === member)?.[1];
}

function issuesOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join(', ');
}

const MOST_SHOWN = 200;

function shown(raw: unknown): string {
  const text = withoutSecrets(JSON.stringify(raw));
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
