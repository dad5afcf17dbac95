/** The JSON Schema of each event, made from the definitions that make the events. */
import { z } from 'zod';
import type { EventDefinition } from './define-event.ts';

/** JSON Schemas (draft 2020-12) as text, by file name, e.g. `key-deleted.schema.json`. */
export function eventSchemas(definitions: readonly EventDefinition[]): ReadonlyMap<string, string> {
  return new Map(
    definitions.map(({ kind, type, schema }) => {
      const body = { title: type, ...z.toJSONSchema(schema) };
      return [`${kind}.schema.json`, `${JSON.stringify(body, undefined, 2)}\n`];
    }),
  );
}
