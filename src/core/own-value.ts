/** Reads records by key name. Names are the users': `constructor` is a fine name for a key. */
import { NameMap } from './model/key-name.ts';

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
