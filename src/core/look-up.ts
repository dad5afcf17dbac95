/** Reads records by key name. Names are the users': `constructor` is a fine name for a key. */

/** The value of `name`, if the record has one of its own. */
export function lookUp<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
