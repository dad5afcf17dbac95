/** Lists of the settings that are read entry by entry: one that cannot be read is a fault of its own, and stops nothing. */
import { z } from 'zod';
import {
  type AnyChannel,
  ChannelEntry,
  ChannelName,
  CommonEntry,
  type UnusableEntry,
} from './channel-entry.ts';

/** What could be read of a list, and what is wrong with the rest: each the end of a sentence, without any value of the settings. */
export interface Listed<T> {
  readonly entries: readonly T[];
  readonly faults: readonly string[];
}

/** Channels that are opened at most. */
const MOST_CHANNELS = 20;

/** A list that could not be read at all. */
const NO_LIST = 'no JSON array';

/** A reader of JSON lists of `schema`: what cannot be read is left out. */
export function listOf<T extends z.ZodType>(schema: T, most: number) {
  return z.string().transform((text): Listed<z.output<T>> => {
    const list = arrayOf(text);
    if (list === undefined) return { entries: [], faults: [NO_LIST] };
    const read = list.map((raw, index) => {
      const { success, data, error } = schema.safeParse(raw);
      if (index >= most) return { fault: `entry ${index + 1}: expected at most ${most}` };
      return success ? { entry: data } : { fault: faultOf(index, error) };
    });
    return {
      entries: read.flatMap((one) => ('entry' in one ? [one.entry] : [])),
      faults: read.flatMap((one) => ('fault' in one ? [one.fault] : [])),
    };
  });
}

/**
 * Reads the channels. One that cannot be read is still a channel: it takes nothing, what is for it is kept for a day, and that is
 * reported on the others. One without a name that can be read, or with one that another has, is called by its place.
 */
export const ChannelList = z.string().transform((text): Listed<AnyChannel> => {
  const list = arrayOf(text);
  if (list === undefined) return { entries: [], faults: [NO_LIST] };
  const names = list.map(nameOf);
  const entries = list.map((raw, index): AnyChannel => {
    const name = names[index];
    const read = ChannelEntry.safeParse(raw);
    const isRepeated = name !== undefined && names.indexOf(name) < index;
    const isTooMuch = index >= MOST_CHANNELS;
    if (read.success && !isRepeated && !isTooMuch) return read.data;
    const wrong = isRepeated ? [`entry ${index + 1} has the name ${name}, which another has`] : [];
    const tooMuch = isTooMuch ? [`entry ${index + 1}: expected at most ${MOST_CHANNELS}`] : [];
    const fault = [...wrong, ...tooMuch, ...(read.success ? [] : [faultOf(index, read.error)])].join('; ');
    return {
      type: 'unusable',
      ...partsOf(raw),
      name: name === undefined || isRepeated ? freeName(index + 1, names) : name,
      fault,
    };
  });
  return { entries, faults: entries.flatMap((one) => (one.type === 'unusable' ? [one.fault] : [])) };
});

/** What of a bad entry says what it wants to hear. */
function partsOf(raw: unknown): Pick<UnusableEntry, 'severity' | 'kinds' | 'hsms' | 'keys'> {
  const read = <T extends z.ZodType>(schema: T, member: string): z.output<T> | undefined =>
    schema.safeParse(memberOf(raw, member)).data;
  const { severity, kinds, hsms, keys } = CommonEntry;
  const wanted = {
    kinds: read(kinds, 'kinds'),
    hsms: read(hsms, 'hsms'),
    keys: read(keys, 'keys'),
  };
  const known = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return { severity: read(severity, 'severity') ?? 'info', ...known };
}

function nameOf(raw: unknown): string | undefined {
  return ChannelName.safeParse(memberOf(raw, 'name')).data;
}

function freeName(place: number, taken: readonly (string | undefined)[]): string {
  let name = `unreadable-${place}`;
  while (taken.includes(name)) name = `${name}-x`;
  return name;
}

function memberOf(raw: unknown, member: string): unknown {
  if (typeof raw !== 'object' || raw === null) return undefined;
  return Object.entries(raw).find(([name]) => name === member)?.[1];
}

/** By paths and what was expected there: a value may be a secret in the wrong place. */
function faultOf(index: number, { issues }: z.ZodError): string {
  const all = issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return `entry ${index + 1}: ${all.join(', ')}`;
}

function arrayOf(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
