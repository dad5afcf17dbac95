/** What the messages about keys are made of. */
import { definedOnly } from '../../../core/defined-only.ts';
import { epochOf } from '../../../core/time.ts';
import type { FindingData } from '../../watch/model/events.ts';
import type { Fact } from '../model/message.ts';
import type { Occurrence } from '../model/occurrence.ts';

/** How a key is shown: its name, or what stands for it. */
export type ShowKey = (key: string) => string;

/** What differs from event to event; the rest follows from its envelope. */
export type Said = Omit<Occurrence, 'id' | 'at' | 'hsm' | 'key' | 'severity' | 'rank'>;

/** A command line about a key, to be copied. */
export function command(
  name: string,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  show: ShowKey,
): string {
  return `hsm-warden ${name} --hsm ${hsm} --key ${show(key)}`;
}

/** A moment, which is shown in the time of the reader where the channel can. */
export function moment(label: string, iso: string): Fact {
  return { label, at: epochOf(iso) };
}

/** Who did it, as far as it is known. */
export function caller(
  label: string,
  { upn, appId, objectId, address }: FindingData<'key-used-while-deleted'>['caller'],
): Fact {
  const known = definedOnly({ who: upn ?? appId ?? objectId, address });
  const text = `${known.who ?? 'unknown'}${known.address === undefined ? '' : ` from ${known.address}`}`;
  return { label, text };
}
