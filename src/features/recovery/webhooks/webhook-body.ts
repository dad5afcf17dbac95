/** Reads what webhooks send: our own body, the Azure Monitor common alert schema, or CloudEvents from Event Grid. */
import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError } from '../../../core/errors.ts';
import { AskBody } from '../model/asking.ts';

/** What one item of a delivery asks for. `id` is the sender's own for the event, where it has one. */
export type WebhookItem =
  | { readonly kind: 'ask'; readonly id?: string; readonly ask: AskBody }
  /** An event of the watch: one of several about the same key. */
  | { readonly kind: 'event'; readonly id: string; readonly ask: AskBody }
  | { readonly kind: 'ignored'; readonly why: string };

/** At most so many events in one delivery; Event Grid sends up to 5 000, ours concern single keys. */
const MAX_BATCH = 20;

/** The event that asks for a recovery outright; anybody who may sign may send it. */
const ASK_EVENT = 'HsmWarden.RecoveryAsked';
/** Events of the watch that open requests when the settings say so. */
const AUTO_EVENTS = ['HsmWarden.PurgePending', 'HsmWarden.KeyPurged'];

const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(500),
  type: z.string().min(1).max(200),
  data: z.unknown(),
});

/** https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema */
const CommonAlert = z.looseObject({
  schemaId: z.literal('azureMonitorCommonAlertSchema'),
  data: z.looseObject({
    essentials: z.looseObject({
      alertId: z.string().min(1).max(500),
      alertRule: z.string().max(500).default('an alert'),
      monitorCondition: z.enum(['Fired', 'Resolved']),
      firedDateTime: z.string().max(50),
    }),
    customProperties: z.record(z.string(), z.string()).nullish(),
  }),
});

const KeyEventData = z.looseObject({ hsm: AskBody.shape.hsm, key: AskBody.shape.key });

/** The items of a delivery. `autoRequest` lets events of the watch open requests. Fails with `request-invalid`. */
export function readWebhookBody(body: unknown, autoRequest: boolean): WebhookItem[] {
  if (Array.isArray(body)) {
    if (body.length > MAX_BATCH) throw invalid(`a delivery holds at most ${MAX_BATCH} events`);
    return body.map((event) => readCloudEvent(event, autoRequest));
  }
  if (isObjectWith(body, 'schemaId')) return [readAlert(parse(CommonAlert, body))];
  if (isObjectWith(body, 'specversion')) return [readCloudEvent(body, autoRequest)];
  return [{ kind: 'ask', ask: parse(AskBody, body) }];
}

function readCloudEvent(body: unknown, autoRequest: boolean): WebhookItem {
  const { id, source, type, data } = parse(CloudEvent, body);
  // As JSON: joined by a space, two different events could be taken for one.
  const eventId = JSON.stringify([source, id]);
  if (type === ASK_EVENT) return { kind: 'ask', id: eventId, ask: parse(AskBody, data) };
  if (!AUTO_EVENTS.includes(type)) return { kind: 'ignored', why: `events of type ${type} ask for nothing` };
  if (!autoRequest)
    return { kind: 'ignored', why: `WARDEN_AUTO_REQUEST is off, so ${type} asks for nothing` };
  const { hsm, key } = parse(KeyEventData, data);
  return { kind: 'event', id: eventId, ask: { hsm, key, action: 'auto', reason: `${type} was received` } };
}

function readAlert({ data }: z.infer<typeof CommonAlert>): WebhookItem {
  const { essentials, customProperties } = data;
  if (essentials.monitorCondition === 'Resolved') return { kind: 'ignored', why: 'the alert is resolved' };
  const { hsm, key, action, reason } = customProperties ?? {};
  if (hsm === undefined || key === undefined) {
    throw invalid('the alert rule needs the custom properties hsm and key');
  }
  const ask = parse(AskBody, {
    hsm,
    key,
    ...definedOnly({ action }),
    reason: reason ?? `Alert ${essentials.alertRule}`,
  });
  return { kind: 'ask', id: JSON.stringify([essentials.alertId, essentials.firedDateTime]), ask };
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error), parsed.error);
}

function isObjectWith(body: unknown, member: string): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, member);
}

function invalid(why: string, cause?: unknown): WardenError {
  return new WardenError('request-invalid', {
    message: `The webhook's body cannot be read: ${why}`,
    advice: 'docs/api.md describes the bodies.',
    ...definedOnly({ cause }),
  });
}

export const SourceName = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected a name of letters, digits and hyphens');
