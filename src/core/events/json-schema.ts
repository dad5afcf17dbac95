/** The JSON Schema of each event, made from the types that make the events. */
import { z } from 'zod';
import { EVENT_TYPES, EVENTS } from './event.ts';

/** JSON Schemas (draft 2020-12) as text, by file name, e.g. `key-deleted.schema.json`. */
export function eventSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(EVENTS).map(([kind, schema]) => {
      const title = Object.entries(EVENT_TYPES).find(([known]) => known === kind)?.[1];
      const body = { title, ...z.toJSONSchema(schema) };
      return [`${kind}.schema.json`, `${JSON.stringify(body, undefined, 2)}\n`];
    }),
  );
}
