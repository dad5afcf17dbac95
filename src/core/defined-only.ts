/** Optional members: with `exactOptionalPropertyTypes` one that is not there must be absent, not undefined. */

/** `T` with every member that may be undefined as an optional one. */
export type DefinedOnly<T extends object> = {
  [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name];
} & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

/** A copy of `members` without those that are undefined. */
export function definedOnly<T extends object>(members: T): DefinedOnly<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as DefinedOnly<T>;
}
