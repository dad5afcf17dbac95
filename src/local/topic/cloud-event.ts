/** CloudEvents 1.0 as an Event Grid topic takes them: structured, batched, or with attributes in headers. */
import { z } from 'zod';

const Name = z.string().min(1);

/** One event. Attributes beyond the standard ones are extensions: lower-case letters and digits (CloudEvents 1.0, 3.1). */
export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: Name,
    source: Name,
    type: Name,
    subject: Name.exactOptional(),
    time: z.iso.datetime({ offset: true }).exactOptional(),
    datacontenttype: Name.exactOptional(),
    dataschema: Name.exactOptional(),
    data: z.unknown().optional(),
    data_base64: z.base64().exactOptional(),
  })
  .catchall(z.union([z.string(), z.number().int(), z.boolean()]))
  .refine((event) => Object.keys(event).every((name) => /^[a-z0-9]+$|^data_base64$/.test(name)), {
    error: 'attribute names are lower-case letters and digits',
  })
  .refine((event) => event.data === undefined || event.data_base64 === undefined, {
    error: 'either data or data_base64',
  });
export type CloudEvent = z.infer<typeof CloudEvent>;

/** What a request to publish holds: its events, or why it holds none. */
export type Published = { readonly events: readonly CloudEvent[] } | { readonly problem: string };

/** The headers of a request, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the events out of a request. */
export function readPublished(headers: Headers, body: string): Published {
  const contentType = one(headers['content-type']).split(';')[0]?.trim().toLowerCase() ?? '';
  if (contentType === 'application/cloudevents-batch+json') return check(z.array(CloudEvent), parse(body));
  if (contentType === 'application/cloudevents+json') return check(z.tuple([CloudEvent]), [parse(body)]);
  if (headers['ce-specversion'] !== undefined) {
    return check(z.tuple([CloudEvent]), [fromHeaders(headers, contentType, body)]);
  }
  return {
    problem: `expected CloudEvents 1.0, got content type ${contentType === '' ? 'none' : contentType}`,
  };
}

function check(schema: z.ZodType<readonly CloudEvent[]>, value: unknown): Published {
  const parsed = schema.safeParse(value);
  return parsed.success ? { events: parsed.data } : { problem: z.prettifyError(parsed.error) };
}

/** Binary mode: attributes are `ce-` headers, the body is the data. */
function fromHeaders(headers: Headers, contentType: string, body: string): unknown {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), decodeURIComponent(one(value))]] : [],
  );
  const data = contentType.endsWith('json') && body !== '' ? parse(body) : body;
  const type = contentType === '' ? {} : { datacontenttype: contentType };
  return { ...Object.fromEntries(attributes), ...type, ...(body === '' ? {} : { data }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function one(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}
