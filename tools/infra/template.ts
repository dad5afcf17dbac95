/** A compiled template: every resource of it and of the templates within, with what it waits for. */
import { z } from 'zod';
import type { JsonValue } from './snapshot.ts';

const Entry = z.looseObject({
  type: z.string(),
  existing: z.boolean().optional(),
  dependsOn: z.array(z.string()).default([]),
  copy: z.looseObject({ mode: z.string().optional(), batchSize: z.number().optional() }).optional(),
  '@options': z.record(z.string(), z.json()).default({}),
  properties: z.json().optional(),
});
const Template = z.looseObject({ resources: z.record(z.string(), Entry) });
const Nested = z.looseObject({ template: z.json() });

/** One resource, or module, of a template. */
export interface TemplateEntry {
  /** Symbolic names from the outermost template inwards, joined by `/`. */
  readonly path: string;
  readonly type: string;
  /** Paths of what it names in `dependsOn`. */
  readonly waitsFor: readonly string[];
  /** How many of a loop are made at a time; undefined for all of them. */
  readonly batch?: number;
  readonly options: Readonly<Record<string, JsonValue>>;
}

/** Every resource and module, but for those that exist already. */
export function entriesOf(template: JsonValue, within = ''): readonly TemplateEntry[] {
  return Object.entries(Template.parse(template).resources).flatMap(([name, entry]) => {
    const nested = Nested.safeParse(entry.properties);
    const inner = nested.success ? entriesOf(nested.data.template, `${within}${name}/`) : [];
    if (entry.existing === true) return inner;
    return [
      {
        path: `${within}${name}`,
        type: entry.type,
        waitsFor: entry.dependsOn.map((other) => `${within}${other}`),
        ...(entry.copy?.batchSize === undefined ? {} : { batch: entry.copy.batchSize }),
        options: entry['@options'],
      },
      ...inner,
    ];
  });
}

/** Whether one waits for another, directly or through others. */
export function waits(entries: readonly TemplateEntry[], path: string, other: string): boolean {
  const seen = new Set<string>();
  const todo = [path];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const before of entries.find((entry) => entry.path === next)?.waitsFor ?? []) {
      if (before === other) return true;
      if (!seen.has(before)) todo.push(before);
      seen.add(before);
    }
  }
  return false;
}
