/** What the warden's own commands share: the HSMs of the settings, the policies, durations for people. */
import { z } from 'zod';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import type { OptionSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';

/** Chooses HSMs. */
export const HSM_CHOICE: OptionSpec = { flags: '--hsm <name>', description: 'only this HSM of the settings' };
/** The value of {@link HSM_CHOICE}. */
export const HsmChoice = { hsm: z.string().min(1).optional() };

/** The HSMs a command is about: the one that was named, or all of the settings. Fails with UsageError. */
export function chosenHsms({ hsms }: Config, name: string | undefined): readonly HsmConfig[] {
  if (name === undefined) return hsms;
  const found = hsms.find((hsm) => hsm.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return [found];
  throw new UsageError(
    `The settings name no HSM ${name}.`,
    `WARDEN_HSMS names: ${hsms.map((hsm) => hsm.name).join(', ')}.`,
  );
}

/** `1 key`, `2 keys`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** `12 d 4 h`: the two largest units of a duration in milliseconds. */
export function duration(ms: number): string {
  const at = UNITS.findIndex(([size]) => ms >= size);
  if (at === -1) return '0 s';
  const parts: string[] = [];
  let rest = ms;
  for (const [size, unit] of UNITS.slice(at, at + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** A time for people and programs alike, to the second, UTC. */
export function when(epochMs: number | undefined): string | undefined {
  if (epochMs === undefined) return undefined;
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
