/** Key names are compared without regard to case, as the service compares them: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */

/** The form in which names are compared; never shown: people see the spelling of the HSM. Names are ASCII. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** Whether two names mean the same key of an HSM. */
export function isSameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** A Map by key name: every spelling of a name finds its value, and the spelling that was set last is kept. */
export class NameMap<T> extends Map<string, T> {
  readonly #spelled = new Map<string, string>();

  constructor(entries: Iterable<readonly [string, T]> = []) {
    super();
    for (const [name, value] of entries) this.set(name, value);
  }

  override get(name: string): T | undefined {
    return super.get(this.#spelling(name));
  }

  override has(name: string): boolean {
    return super.has(this.#spelling(name));
  }

  override set(name: string, value: T): this {
    const before = this.#spelling(name);
    if (before !== name) super.delete(before);
    this.#spelled.set(foldName(name), name);
    return super.set(name, value);
  }

  override delete(name: string): boolean {
    const before = this.#spelling(name);
    this.#spelled.delete(foldName(name));
    return super.delete(before);
  }

  override clear(): void {
    this.#spelled.clear();
    super.clear();
  }

  #spelling(name: string): string {
    return this.#spelled.get(foldName(name)) ?? name;
  }
}

/** The names without those that differ from an earlier one by case alone. */
export function distinctNames(names: Iterable<string>): ReadonlySet<string> {
  const byFolded = new Map<string, string>();
  for (const name of names) if (!byFolded.has(foldName(name))) byFolded.set(foldName(name), name);
  return new Set(byFolded.values());
}

/** Of records in which a spelling was not found: the spellings they have. A record that is read so is not changed any more. */
const spellings = new WeakMap<object, NameMap<string>>();

/** The value of `name`, in whatever letter case, if the record has one of its own. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  if (Object.hasOwn(record, name)) return record[name];
  const known = spellings.get(record) ?? new NameMap(Object.keys(record).map((key) => [key, key]));
  spellings.set(record, known);
  const spelling = known.get(name);
  return spelling === undefined ? undefined : record[spelling];
}
