/** Defines an event once: its name, type and schema. Everything else that knows of events is made from these definitions. */
import { z } from 'zod';
import { type CloudEvent, EVENT_SOURCE } from './cloud-event.ts';
import { Severity } from './severity.ts';

/** What a feature says of one of its events. */
interface EventFacts<Kind extends string, Type extends string, Data extends z.ZodObject> {
  /** Its short name, after which its schema is called: `key-deleted`. */
  readonly kind: Kind;
  /** Its type as receivers see it: `HsmWarden.KeyDeleted`. */
  readonly type: Type;
  /** The facts it carries. */
  readonly data: Data;
  /** What its subject looks like. */
  readonly subject: z.ZodString;
  /** How much it matters, where its facts do not say. */
  readonly severity?: Severity;
}

/** An event that exists, as those see it who treat all alike. */
export interface EventDefinition {
  readonly kind: string;
  readonly type: string;
  readonly schema: z.ZodType;
  readonly severity: Severity | undefined;
}

/** Defines an event. */
export function defineEvent<const Kind extends string, const Type extends string, Data extends z.ZodObject>({
  kind,
  type,
  data,
  subject,
  severity,
}: EventFacts<Kind, Type, Data>) {
  const schema = z.strictObject({
    specversion: z.literal('1.0'),
    id: z.string().regex(/^[0-9a-f]{32}$/),
    type: z.literal(type),
    source: z.literal(EVENT_SOURCE),
    subject,
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data,
  });
  return { kind, type, schema, severity };
}

/** What changes from one event of a type to the next. */
type Occurrence = Pick<CloudEvent, 'id' | 'type' | 'subject' | 'time' | 'data'>;

/** The event in its envelope. */
export function toCloudEvent({ id, type, subject, time, data }: Occurrence): CloudEvent {
  return {
    specversion: '1.0',
    id,
    type,
    source: EVENT_SOURCE,
    subject,
    time,
    datacontenttype: 'application/json',
    data,
  };
}

const OwnSeverity = z.looseObject({ severity: Severity });

/** Says how much an event matters: as its facts say, otherwise as its definition does; `info` for one that is not known. */
export function severityRule(definitions: readonly EventDefinition[]): (event: CloudEvent) => Severity {
  const byType = new Map(definitions.map(({ type, severity }) => [type, severity]));
  return ({ type, data }) => OwnSeverity.safeParse(data).data?.severity ?? byType.get(type) ?? 'info';
}

/** JSON Schemas (draft 2020-12) as text, by file name, e.g. `key-deleted.schema.json`. */
export function eventSchemas(definitions: readonly EventDefinition[]): ReadonlyMap<string, string> {
  return new Map(
    definitions.map(({ kind, type, schema }) => {
      const body = { title: type, ...z.toJSONSchema(schema) };
      return [`${kind}.schema.json`, `${JSON.stringify(body, undefined, 2)}\n`];
    }),
  );
}
