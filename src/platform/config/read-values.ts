/** Reads a table of settings from the environment: the values, and everything that is wrong with them. */

import type { Setting, SettingProblem, SettingsTable, Values } from '../../core/settings/setting.ts';
import { withoutSecrets } from '../../core/settings/urls.ts';

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What was read. An invalid setting counts as not set, or as its table says. */
export interface ReadValues<Table extends SettingsTable> {
  readonly values: Values<Table>;
  /** The names of what is set. */
  readonly given: ReadonlySet<string>;
  readonly invalid: ReadonlySet<string>;
  readonly problems: readonly SettingProblem[];
}

/** Reads every setting of `table`. A name that begins with `WARDEN_` and is not in it is a problem. */
export function readValues<Table extends SettingsTable>(
  table: Table,
  environment: Environment,
): ReadValues<Table> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('WARDEN_') && value !== undefined && value.trim() !== '' ? [[name, value] as const] : [],
  );
  const given = new Map(set);
  const problems: SettingProblem[] = set
    .filter(([name]) => !Object.hasOwn(table, name))
    .map(([name]) => ({
      setting: name,
      found: 'a setting of this name',
      expected: 'only settings that the product knows',
    }));
  const invalid = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const text = given.get(name);
    const read = text === undefined ? { value: defaultOf(setting) } : readOne(name, setting, text);
    if ('problem' in read) {
      problems.push(read.problem);
      invalid.add(name);
      values[name] =
        setting.ifInvalid === undefined ? defaultOf(setting) : setting.schema.parse(setting.ifInvalid);
    } else values[name] = read.value;
  }
  // Each value is what the schema of its name gave, which is what the type says.
  return { values: values as Values<Table>, given: new Set(given.keys()), invalid, problems };
}

function defaultOf(setting: Setting): unknown {
  return setting.default === undefined ? undefined : setting.schema.parse(setting.default);
}

function readOne(
  name: string,
  { schema, expected, secret }: Setting,
  text: string,
): { readonly value: unknown } | { readonly problem: SettingProblem } {
  const parsed = schema.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  // What can hold a key or a secret is never repeated.
  const found = secret === true ? 'a value that is not shown' : JSON.stringify(withoutSecrets(text));
  const message = parsed.error.issues.at(-1)?.message ?? 'not understood';
  return { problem: { setting: name, found, expected: `${expected} (${message})` } };
}
