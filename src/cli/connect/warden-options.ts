/** What the warden's own commands share: the HSMs that are protected, the policies, durations for people. */
import { z } from 'zod';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import type { MomentCell, OptionSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';

/** Chooses HSMs. */
export const HSM_CHOICE: OptionSpec = { flags: '--hsm <name>', description: 'only this HSM' };
/** The value of {@link HSM_CHOICE}. */
export const HsmChoice = { hsm: z.string().min(1).optional() };

/** The HSMs a command is about: the one that was named, or all that are protected. Fails with UsageError. */
export function chosenHsms({ hsms }: Config, name: string | undefined): readonly HsmConfig[] {
  if (name === undefined) return hsms;
  const found = hsms.find((hsm) => hsm.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return [found];
  throw new UsageError(
    `No HSM ${name} is protected: no setting names it, and nobody added it.`,
    `Protected: ${hsms.map((hsm) => hsm.name).join(', ')}. Everything that was found: hsm-warden hsm list`,
  );
}

/** `1 key`, `2 keys`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A time for people and programs alike, to the second, UTC. */
export function when(epochMs: number | undefined): string | undefined {
  if (epochMs === undefined) return undefined;
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A moment as a cell of a table. */
export function momentCell(epochMs: number | undefined): MomentCell | undefined {
  const text = when(epochMs);
  return epochMs === undefined || text === undefined ? undefined : { at: epochMs, text };
}

/** A moment that is known as ISO 8601 text, as a cell of a table. */
export function isoCell(text: string | undefined): MomentCell | undefined {
  return text === undefined ? undefined : { at: Date.parse(text), text };
}
