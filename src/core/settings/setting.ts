/** What a setting is: its name is the key in a table, everything else about it stands here once. */
import type { z } from 'zod';

/** How a setting is read, documented and defaulted. */
export interface Setting<
  Schema extends z.ZodType = z.ZodType,
  Default extends string | undefined = string | undefined,
> {
  readonly schema: Schema;
  readonly description: string;
  readonly expected: string;
  /** What counts when it is not set, as one would write it; read by the same schema. */
  readonly default: Default;
  /** What holds when it is not set and has no default of its own. */
  readonly otherwise?: string;
  /** What counts while its value is not valid and the app goes on, where that is not the default. */
  readonly ifInvalid?: string;
  /** Its value is never repeated, in no message and no log. */
  readonly secret?: true;
}

/** Settings by the name of their environment variable. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** What is read from a table: a setting without a default may be absent. */
export type Values<Table extends SettingsTable> = {
  readonly [Name in keyof Table]: Table[Name]['default'] extends string
    ? z.output<Table[Name]['schema']>
    : z.output<Table[Name]['schema']> | undefined;
};

/** One problem of the settings. */
export interface SettingProblem {
  readonly setting: string;
  readonly found: string;
  readonly expected: string;
}

/** Writes a setting down. */
export function setting<Schema extends z.ZodType, const Default extends string | undefined = undefined>(
  schema: Schema,
  about: Omit<Setting<Schema>, 'schema' | 'default'> & { readonly default?: Default },
): Setting<Schema, Default> {
  // An absent default is `undefined`, which is what the type of such a setting says.
  return { ...about, schema, default: about.default as Default };
}
