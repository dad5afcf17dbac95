/** One expectation of one property. */
import { type JsonValue, property, type Resource } from '../snapshot.ts';

/** A problem unless the property at `path` has the value. */
export function expect(
  resource: Resource,
  rule: string,
  value: JsonValue,
  ...path: readonly string[]
): readonly string[] {
  const found = property(resource, ...path);
  if (found === value) return [];
  return [
    `${rule}: ${resource.name}: expected ${path.join('.')} ${String(value)}, got ${JSON.stringify(found)}`,
  ];
}
