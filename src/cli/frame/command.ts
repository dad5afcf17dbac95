/** What a command is: its definition carries everything that help, completion and documentation say about it. */
import type { z } from 'zod';
import type { CommandContext } from './context.ts';
import type { ExitName } from './exit-codes.ts';

/** One option, in commander's notation: `--size <bits>`, `--ops <ops...>`, `--yes`. */
export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  /** Values that completion offers. */
  readonly choices?: readonly string[];
}

/** One positional argument, like `<id>`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
}

/** A moment in a table: people read how far it is (and, with `both`, the moment too), programs `text`. `at`: epoch milliseconds. */
export interface MomentCell {
  readonly at: number;
  readonly text: string;
  readonly both?: true;
}

/** A size in a table. */
interface SizeCell {
  readonly bytes: number;
}

/** A cell of a table. */
export type Cell = string | number | boolean | undefined | MomentCell | SizeCell;

/** Rows for people, and for `-o tsv`. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Set where the last column holds sentences: it is wrapped, not cut. */
  readonly wraps?: true;
  /** Titles of columns that are copied into other commands: they are never cut. */
  readonly whole?: readonly string[];
}

/** What a command answers. */
export interface Answer {
  /** For `-o json`; undefined prints nothing. */
  readonly data?: unknown;
  /** For `-o json`, in place of `data`: a line of JSON each. */
  readonly jsonLines?: readonly unknown[];
  /** For `-o table` and `-o tsv`. */
  readonly table?: Table;
  /** For `-o table` in place of the bare table: a whole page for people; `show` makes the text of a table in it. */
  readonly page?: string | ((show: (table: Table) => string, wrap: (text: string) => string) => string);
  /** The columns of az for `-o table`, where they are not simply the members: title and member. */
  readonly azColumns?: AzColumns;
  /** What could not be read, each a line like `CANNOT TELL: …`: they come before the answer. */
  readonly doubts?: readonly string[];
  readonly exit?: ExitName;
}

/** How answers can be shown. */
export const FORMATS = ['json', 'table', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** Columns of a table of az: title and member. */
export type AzColumns = readonly (readonly [title: string, member: string])[];

/** A command as the program registers it. */
export interface Command {
  /** Words that call it, like `key create`. */
  readonly path: string;
  readonly summary: string;
  /** More than the summary, a paragraph each. */
  readonly details: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  readonly format: Format;
  /** Whether it is a command of az, with its formats, its `--query` and its exit codes. */
  readonly isAz: boolean;
  /** What is said after Ctrl-C, unless the command says more: what was done, and how to go on. */
  readonly interrupted: string;
  /** `given`: options by their camel-cased names, and arguments by theirs. Fails with UsageError, GuardRefusal or WardenError. */
  run(context: CommandContext, given: unknown): Promise<Answer>;
}

/** What defines a command. */
export interface Definition<Schema extends z.ZodType>
  extends Omit<Command, 'run' | 'details' | 'arguments' | 'format' | 'isAz' | 'interrupted'> {
  readonly details?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  /** How it answers when `-o` does not say; `json`, as az does, unless this says otherwise. */
  readonly format?: Format;
  /** False by default. */
  readonly isAz?: boolean;
  /** `nothing was changed.` unless this says otherwise: every command that changes something says more. */
  readonly interrupted?: string;
  /** Checks and converts what was given. */
  readonly schema: Schema;
  run(context: CommandContext, given: z.output<Schema>): Promise<Answer>;
}
