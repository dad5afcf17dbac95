/** What a deployment would make, as Bicep predicts it without Azure. Values known only in Azure are expressions in brackets. */
import { z } from 'zod';

const Json = z.json();
const JsonObject = z.record(z.string(), Json);

const Resource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  properties: JsonObject.optional(),
  tags: z.record(z.string(), z.string()).optional(),
  sku: JsonObject.optional(),
});
/** A predicted resource. */
export type Resource = z.infer<typeof Resource>;

export const Snapshot = z.object({
  predictedResources: z.array(Resource),
  outputs: z.record(z.string(), Json),
  diagnostics: z.array(Json),
});
/** A predicted deployment. */
export type Snapshot = z.infer<typeof Snapshot>;
/** Any value of a template. */
export type JsonValue = z.infer<typeof Json>;

/** The resources of one type. */
export function ofType(snapshot: Snapshot, type: string): readonly Resource[] {
  return snapshot.predictedResources.filter((resource) => resource.type === type);
}

/** The value at a path of member names in a resource's properties; undefined where there is none. */
export function property(resource: Resource, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = resource.properties;
  for (const name of path) {
    if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
      return undefined;
    value = value[name];
  }
  return value;
}

/** The text at a path of member names in a resource's properties; empty where there is none. */
export function text(resource: Resource, ...path: readonly string[]): string {
  const value = property(resource, ...path);
  return typeof value === 'string' ? value : '';
}

/** The app settings of the app whose name has `part` in it. */
export function appSettings(snapshot: Snapshot, part: string): Readonly<Record<string, string>> {
  const found = ofType(snapshot, 'Microsoft.Web/sites/config').find(
    ({ name }) => name.includes(`-${part}-`) && name.endsWith('/appsettings'),
  );
  return z.record(z.string(), z.string()).parse(found?.properties ?? {});
}

/** Every text in a value, with the path to it. */
export function* texts(value: JsonValue | undefined, path = ''): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* texts(item, `${path}/${index}`);
  else if (value !== null && typeof value === 'object')
    for (const [name, item] of Object.entries(value)) yield* texts(item, `${path}/${name}`);
}

/** The name of the storage account in a URL, whether evaluated or still an expression. */
export function accountIn(url: string | undefined): string {
  return /\bst[a-z0-9]{10,22}\b/.exec(url ?? '')?.[0] ?? 'nothing';
}
