/** Changes one value of a prediction, and walks all of them. */
import type { JsonValue, Resource, Snapshot } from '../../tools/infra/snapshot.ts';
import { Snapshot as SnapshotSchema } from '../../tools/infra/snapshot.ts';

type JsonObject = { [name: string]: JsonValue };

/** A prediction in which `change` was applied to the one resource. */
export function withChanged(
  snapshot: Snapshot,
  resource: Resource,
  path: readonly string[],
  value: JsonValue | undefined,
): Snapshot {
  const index = snapshot.predictedResources.indexOf(resource);
  const resources = snapshot.predictedResources.map((one, at) =>
    at === index ? changed(JSON.parse(JSON.stringify(one)), path, value) : one,
  );
  return SnapshotSchema.parse({ ...snapshot, predictedResources: resources });
}

function changed(
  value: JsonValue | undefined,
  path: readonly string[],
  to: JsonValue | undefined,
): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return to ?? null;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      String(index) === name
        ? rest.length === 0 && to === undefined
          ? []
          : [changed(item, rest, to)]
        : [item],
    );
  }
  const members: JsonObject = value !== null && typeof value === 'object' ? { ...value } : {};
  if (rest.length === 0 && to === undefined) delete members[name];
  else members[name] = changed(members[name], rest, to);
  return members;
}

/** Every value of a resource that is no structure, with the path to it. */
export function* leaves(
  value: JsonValue | undefined,
  path: readonly string[] = [],
): Generator<readonly [readonly string[], string | number | boolean]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, [...path, String(index)]);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) yield* leaves(item, [...path, name]);
  } else if (value !== null && value !== undefined) yield [path, value];
}
