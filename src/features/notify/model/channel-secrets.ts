/** The secrets of the channels. What is wrong with them is kept as a fact, for backups and watch must not stop for it. */
import { z } from 'zod';
import { ChannelName } from './channel-entry.ts';

/** What could be read. */
export interface ChannelSecrets {
  readonly byChannel: Readonly<Record<string, string>>;
  /** What could not, as the end of a sentence that begins with where they come from; it holds nothing of a secret. */
  readonly fault?: string;
}

const LONGEST = 4000;
const Secret = z.string().trim().min(1).max(LONGEST);

/** Reads the JSON of the secrets; never fails. */
export function readSecrets(text: string): ChannelSecrets {
  if (text.trim().startsWith('@Microsoft.KeyVault('))
    return none('is a Key Vault reference that was not resolved');
  const parsed = z.record(z.string(), z.unknown()).safeParse(jsonOf(text));
  if (!parsed.success) return none('is not a JSON object of texts by channel');
  const byChannel: Record<string, string> = {};
  const bad: string[] = [];
  for (const [name, value] of Object.entries(parsed.data)) {
    const secret = Secret.safeParse(value);
    const isName = ChannelName.safeParse(name).success;
    if (isName && secret.success) byChannel[name] = secret.data;
    // What is no name may be a secret in the wrong place.
    else bad.push(isName ? name : 'what is not the name of a channel');
  }
  if (bad.length === 0) return { byChannel };
  const names = [...new Set(bad)].join(', ');
  return { byChannel, fault: `has no text of 1 to ${LONGEST} characters for a channel at: ${names}` };
}

/** What is known by two sources: of each channel what `first` has counts. */
export function bothSecrets(first: ChannelSecrets, second: ChannelSecrets): ChannelSecrets {
  const byChannel = { ...second.byChannel, ...first.byChannel };
  const fault = first.fault ?? second.fault;
  return { byChannel, ...(fault === undefined ? {} : { fault }) };
}

function none(fault: string): ChannelSecrets {
  return { byChannel: {}, fault };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
